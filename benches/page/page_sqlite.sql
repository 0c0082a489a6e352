SELECT json_object('data', json_object('products', json_object(
    'nodes', json_group_array(json(node) ORDER BY id DESC),
    'pageInfo', json_object('hasNextPage', json(iif(count(*) = 20, 'true', 'false')), 'endCursor', lower(hex(min(id))))
)))
FROM (
    SELECT p.id, json_object(
        'id', lower(hex(p.id)), 'slug', p.slug, 'name', p.name,
        'inStock', json(iif(p.in_stock, 'true', 'false')),
        'seller', json_object('id', lower(hex(s.id)), 'name', s.name),
        'variants', json_object('nodes', json((
            SELECT json_group_array(json_object(
                'id', lower(hex(v.id)), 'sku', v.sku,
                'price', json_object('amount', printf('%.2f', v.price / 100.0), 'currency', v.currency)
            ) ORDER BY v.position, v.id)
            FROM (
                SELECT id, sku, price, currency, position FROM variant
                WHERE product_id = p.id AND deleted_at IS NULL
                ORDER BY position, id LIMIT 3
            ) v
        ))),
        'reviews', json_object('nodes', json((
            SELECT json_group_array(json_object(
                'id', lower(hex(r.id)), 'rating', r.rating, 'body', r.body,
                'author', json((SELECT json_object('displayName', display_name) FROM account WHERE id = r.author_id))
            ) ORDER BY r.id DESC)
            FROM (
                SELECT id, rating, body, author_id FROM review
                WHERE product_id = p.id AND deleted_at IS NULL
                ORDER BY id DESC LIMIT 3
            ) r
        )))
    ) AS node
    -- CROSS JOIN keeps the products outside: left to itself, SQLite walks the sellers and sorts all their products.
    FROM product p CROSS JOIN seller s ON s.id = p.seller_id
    WHERE p.status = 'ACTIVE' AND s.status = 'ACTIVE' AND p.id < unhex($1)
    ORDER BY p.id DESC LIMIT 20
) page
