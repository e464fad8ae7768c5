-- SPDX-License-Identifier: PostgreSQL
CREATE TABLE trading.sign_in_keys (
  id bigint GENERATED ALWAYS AS IDENTITY,
  secret bytea NOT NULL,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pk_sign_in_key PRIMARY KEY (id),
  CONSTRAINT ck_secret_long CHECK (octet_length(secret) >= 32)
);

COMMENT ON TABLE trading.sign_in_keys IS
  'Keys by which quant.sign_in() knows a token: for the owner of the table alone.';
COMMENT ON COLUMN trading.sign_in_keys.id IS 'Primary key; a token names it';
COMMENT ON COLUMN trading.sign_in_keys.secret IS 'Key of HMAC-SHA256';
COMMENT ON COLUMN trading.sign_in_keys.expires_at IS 'From then on its tokens are refused; NULL: never';
COMMENT ON COLUMN trading.sign_in_keys.created_at IS 'When the row was made';
COMMENT ON CONSTRAINT ck_secret_long ON trading.sign_in_keys IS
  'A shorter key can be found by trying.';
