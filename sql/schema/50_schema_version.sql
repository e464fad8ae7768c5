-- SPDX-License-Identifier: PostgreSQL
CREATE TABLE trading.schema_version (
  version integer NOT NULL,
  description text NOT NULL,
  extension_version text,
  applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by name NOT NULL DEFAULT CURRENT_USER,
  CONSTRAINT pk_schema_version PRIMARY KEY (version),
  CONSTRAINT ck_version_positive CHECK (version > 0)
);

COMMENT ON TABLE trading.schema_version IS
  'Steps by which these tables came to their present shape; the highest version counts.';
COMMENT ON COLUMN trading.schema_version.version IS 'Number of the step';
COMMENT ON COLUMN trading.schema_version.description IS 'What the step did';
COMMENT ON COLUMN trading.schema_version.extension_version IS
  'Version of the extension that applied it';
COMMENT ON COLUMN trading.schema_version.applied_at IS 'When';
COMMENT ON COLUMN trading.schema_version.applied_by IS 'Role that applied it';
