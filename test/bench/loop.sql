-- SPDX-License-Identifier: PostgreSQL
-- The run of the benchmark as a PL/pgSQL loop, the way one would write it by hand: averages by
-- window functions, fills at the next open, exits before entries, whole shares for 10,000, one cash
-- account. It gives the same final value and number of trades, which the benchmark checks.
CREATE FUNCTION public.sma_cross_loop(OUT final_value numeric, OUT total_trades integer)
LANGUAGE plpgsql AS $$
DECLARE
  bar record;
  cash numeric := 10000000;
  held numeric[] := array_fill(0::numeric, ARRAY[500]);
  mark numeric[] := array_fill(0::numeric, ARRAY[500]);
  sell boolean[] := array_fill(false, ARRAY[500]);
  buy boolean[] := array_fill(false, ARRAY[500]);
  entering integer[] := '{}';
  opening numeric[] := '{}';
  today timestamptz := '-infinity';
  size numeric;
BEGIN
  total_trades := 0;
  FOR bar IN
    SELECT m.asset_id::integer AS id, m."timestamp" AS at, m.open_price, m.close_price,
           CASE WHEN row_number() OVER w >= 30 THEN sum(m.close_price) OVER fast * 3 END AS fast,
           sum(m.close_price) OVER slow AS slow,
           CASE WHEN row_number() OVER w >= 31 THEN sum(m.close_price) OVER fast_before * 3 END AS fast_before,
           sum(m.close_price) OVER slow_before AS slow_before
    FROM trading.market_data m WHERE m.timeframe = '1d'
    WINDOW w AS (PARTITION BY m.asset_id ORDER BY m."timestamp"),
           fast AS (w ROWS 9 PRECEDING), slow AS (w ROWS 29 PRECEDING),
           fast_before AS (w ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING),
           slow_before AS (w ROWS BETWEEN 30 PRECEDING AND 1 PRECEDING)
    ORDER BY m."timestamp", m.asset_id
  LOOP
    IF bar.at <> today THEN
      FOR i IN 1 .. cardinality(entering) LOOP
        size := trunc(least(10000, cash) / opening[i]);
        IF size > 0 THEN
          cash := cash - round(size * opening[i], 2);
          held[entering[i]] := size;
        END IF;
      END LOOP;
      entering := '{}';
      opening := '{}';
      today := bar.at;
    END IF;
    IF sell[bar.id] THEN
      cash := cash + round(held[bar.id] * bar.open_price, 2);
      held[bar.id] := 0;
      sell[bar.id] := false;
      total_trades := total_trades + 1;
    ELSIF buy[bar.id] THEN
      entering := entering || bar.id;
      opening := opening || bar.open_price;
      buy[bar.id] := false;
    END IF;
    mark[bar.id] := bar.close_price;
    IF held[bar.id] > 0 OR bar.id = ANY (entering) THEN
      sell[bar.id] := coalesce(bar.fast_before >= bar.slow_before AND bar.fast < bar.slow, false);
    ELSE
      buy[bar.id] := coalesce(bar.fast_before <= bar.slow_before AND bar.fast > bar.slow, false);
    END IF;
  END LOOP;
  final_value := cash;
  FOR i IN 1 .. 500 LOOP
    final_value := final_value + round(held[i] * mark[i], 2);
  END LOOP;
END $$;
