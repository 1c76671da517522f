"""The segments in the bucket, read as anyone can read them: with DuckDB."""

import tempfile

import duckdb


def stored(stack, tenant, family, columns):
    """These columns of all of a tenant's stored events of a family, a tuple for each."""
    prefix = f"incoming/{family}/{tenant.name}/"
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack["bucketName"], Prefix=prefix)
    rows = []
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
            stack.s3.download_fileobj(stack["bucketName"], entry["Key"], file)
            file.flush()
            rows += duckdb.sql(f"select {columns} from read_parquet('{file.name}')").fetchall()
    return rows
