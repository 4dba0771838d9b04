-- How many cases stand in each stage: kept with every step, for counting a city's cases each time
-- the board is opened takes longer than the board itself.
create table transfer_stage (
    stage text primary key,
    cases bigint not null
);
insert into transfer_stage (stage, cases) select stage, count(*) from transfer_case group by stage;

-- The board in its order, with nothing due at the end, in all stages and in one. The large number
-- stands for no day: engines differ in where they put nulls, and in what they use an index for.
drop index transfer_case_board;
create index transfer_case_next on transfer_case (coalesce(next_day, 4611686018427387904), id);
create index transfer_case_board
    on transfer_case (stage, coalesce(next_day, 4611686018427387904), id);

-- A holiday table looks at a third of all periods: walking them is as quick, and each that moves
-- would move in this index too.
drop index transfer_clock_span;
