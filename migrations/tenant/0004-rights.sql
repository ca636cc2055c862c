-- What the company's role may do: read everything, keep its chart, calendar and drafts, and call the verbs.
-- Posted entries, lines, balances, counters and period statuses have no grant at all.

grant usage on schema {{schema}} to {{role}};
grant select on all tables in schema {{schema}} to {{role}};

grant insert (code, name, type, category, parent_id, is_group) on accounts to {{role}};
grant update (name, category, parent_id, is_active, version) on accounts to {{role}};
grant delete on accounts to {{role}};
grant insert (name, starts_on, ends_on) on fiscal_years to {{role}};
grant insert (fiscal_year_id, number, name, starts_on, ends_on) on periods to {{role}};
grant insert (id, entry_date, memo, reference, lines, total) on journal_drafts to {{role}};
grant update (entry_date, memo, reference, lines, total, version, updated_at) on journal_drafts to {{role}};
grant delete on journal_drafts to {{role}};

revoke all on all functions in schema {{schema}} from public;
grant execute on function
  post_entries(jsonb, jsonb, boolean, boolean), entry_faults(jsonb, jsonb), set_period_status(bigint, text, text), acting_user(),
  acting_requests(), hold_books()
  to {{role}};
