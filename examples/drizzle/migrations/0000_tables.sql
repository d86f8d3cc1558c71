CREATE TABLE "country" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "project" (
	"tenant_id" uuid DEFAULT tenantry.claimed_tenant() NOT NULL,
	"id" integer NOT NULL,
	"title" text NOT NULL,
	"country" text,
	CONSTRAINT "project_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "task" (
	"tenant_id" uuid DEFAULT tenantry.claimed_tenant() NOT NULL,
	"id" integer NOT NULL,
	"project_id" integer NOT NULL,
	"title" text NOT NULL,
	CONSTRAINT "task_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "project" ADD CONSTRAINT "project_country_country_code_fk" FOREIGN KEY ("country") REFERENCES "public"."country"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_tenant_id_project_id_project_tenant_id_id_fk" FOREIGN KEY ("tenant_id","project_id") REFERENCES "public"."project"("tenant_id","id") ON DELETE cascade ON UPDATE no action;