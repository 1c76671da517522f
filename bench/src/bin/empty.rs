//! The smallest HTTP function there is: what start-up costs before Weir adds anything.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |request: Request| Ok::<_, Error>(Response::new(request.into_body())) as Result<Response<Body>, Error>)).await
}
