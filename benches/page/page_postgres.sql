SELECT json_build_object('data', json_build_object('products', json_build_object(
    'nodes', coalesce(json_agg(node ORDER BY id DESC), '[]'::json),
    'pageInfo', json_build_object('hasNextPage', count(*) = 20, 'endCursor', min(id::text))
)))::text
FROM (
    SELECT p.id, json_build_object(
        'id', p.id, 'slug', p.slug, 'name', p.name, 'inStock', p.in_stock,
        'seller', json_build_object('id', s.id, 'name', s.name),
        'variants', json_build_object('nodes', (
            SELECT coalesce(json_agg(json_build_object(
                'id', v.id, 'sku', v.sku,
                'price', json_build_object('amount', (v.price / 100.0)::numeric(20, 2)::text, 'currency', v.currency)
            ) ORDER BY v.position, v.id), '[]'::json)
            FROM (
                SELECT id, sku, price, currency, position FROM variant
                WHERE product_id = p.id AND deleted_at IS NULL
                ORDER BY position, id LIMIT 3
            ) v
        )),
        'reviews', json_build_object('nodes', (
            SELECT coalesce(json_agg(json_build_object(
                'id', r.id, 'rating', r.rating, 'body', r.body,
                'author', (SELECT json_build_object('displayName', display_name) FROM account WHERE id = r.author_id)
            ) ORDER BY r.id DESC), '[]'::json)
            FROM (
                SELECT id, rating, body, author_id FROM review
                WHERE product_id = p.id AND deleted_at IS NULL
                ORDER BY id DESC LIMIT 3
            ) r
        ))
    ) AS node
    FROM product p JOIN seller s ON s.id = p.seller_id
    WHERE p.status = 'ACTIVE' AND s.status = 'ACTIVE' AND p.id < $1::uuid
    ORDER BY p.id DESC LIMIT 20
) page
