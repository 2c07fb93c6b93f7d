-- A quarter of a million rows with texts of many lengths, two indices, groups, joins, changes.
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, what TEXT, price REAL);
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 150000)
INSERT INTO orders SELECT n, n * 7919 % 5003, substr(hex(n * 104729) || hex(n * 1299709) || hex(n), 1, n % 40), n % 997
FROM number;
CREATE INDEX by_customer ON orders (customer);
CREATE INDEX by_what ON orders (what);
SELECT count(*), sum(price), max(what) FROM orders GROUP BY customer ORDER BY 2 DESC LIMIT 10;
SELECT a.what, group_concat(b.what, ',') FROM orders a JOIN orders b ON a.customer = b.customer
WHERE a.id < 2000 GROUP BY a.id ORDER BY length(group_concat(b.what)) LIMIT 10;
UPDATE orders SET what = what || 'x' WHERE id % 3 = 0;
DELETE FROM orders WHERE id % 5 = 0;
SELECT upper(what), count(DISTINCT customer) FROM orders GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10;
