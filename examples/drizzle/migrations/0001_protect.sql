select tenantry.protect('project');
--> statement-breakpoint
select tenantry.protect('task');
--> statement-breakpoint
select tenantry.share('country', 'Countries are the same for everyone.');
--> statement-breakpoint
select tenantry.restrict('drizzle.__drizzle_migrations', 'Says which migrations have run; no request needs it.');
--> statement-breakpoint
insert into country (code, name) values ('ch', 'Switzerland'), ('jp', 'Japan');
