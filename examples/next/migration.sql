create table if not exists note (id integer primary key, body text not null);
create table if not exists note_log (id integer generated always as identity primary key, body text not null);
select tenantry.protect('note');
select tenantry.protect('note_log');
