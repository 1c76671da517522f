//! A folder in the place of the bucket: what is read and written goes through files, so that no object is held in memory that S3 would hold.

use async_trait::async_trait;
use bytes::Bytes;
use ports::{Bucket, Links, ObjectInfo, PortError, Result, Uploads};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Objects as files of a folder.
pub struct Folder(pub PathBuf);

impl Folder {
    fn path(&self, key: &str) -> Result<PathBuf> {
        let path = self.0.join(key);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(refused)?;
        Ok(path)
    }
}

fn refused(source: io::Error) -> PortError {
    PortError::Refused { service: "bucket", source: source.into() }
}

#[async_trait]
impl Bucket for Folder {
    async fn put(&self, key: &str, _content_type: &str, body: Bytes) -> Result<()> {
        fs::write(self.path(key)?, body).map_err(refused)
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match fs::read(self.path(key)?) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    async fn get_range(&self, key: &str, range: std::ops::Range<u64>) -> Result<Option<Bytes>> {
        let mut file = match File::open(self.path(key)?) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let mut bytes = Vec::new();
        file.seek(io::SeekFrom::Start(range.start)).map_err(refused)?;
        file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes).map_err(refused)?;
        Ok(Some(bytes.into()))
    }

    async fn list(&self, _prefix: &str) -> Result<Vec<ObjectInfo>> {
        Err(refused(io::ErrorKind::Unsupported.into()))
    }

    async fn delete(&self, key: &str) -> Result<()> {
        fs::remove_file(self.path(key)?).map_err(refused)
    }
}

/// Parts come in their order here, one upload at a time.
#[async_trait]
impl Uploads for Folder {
    async fn begin(&self, key: &str, _content_type: &str) -> Result<String> {
        File::create(self.path(key)?).map_err(refused)?;
        Ok(key.to_owned())
    }

    async fn part(&self, key: &str, _upload: &str, (number, body): (i32, Bytes)) -> Result<String> {
        let mut file = OpenOptions::new().append(true).open(self.path(key)?).map_err(refused)?;
        file.write_all(&body).map_err(refused)?;
        Ok(number.to_string())
    }

    async fn complete(&self, _key: &str, _upload: &str, _parts: &[String]) -> Result<()> {
        Ok(())
    }

    async fn abort(&self, key: &str, _upload: &str) -> Result<()> {
        fs::remove_file(self.path(key)?).map_err(refused)
    }
}

#[async_trait]
impl Links for Folder {
    async fn link(&self, key: &str, _seconds: u32) -> Result<String> {
        Ok(key.to_owned())
    }
}
