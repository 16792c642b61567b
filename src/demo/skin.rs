//! The HTTP skin: from a request to a call, and from an answer to a response. Nothing is decided here.

use std::{
    future::{Future, IntoFuture},
    io,
    net::SocketAddr,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{
        ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State,
        connect_info::Connected, multipart::MultipartError,
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get},
    serve::IncomingStream,
};
use futures::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    Refusal,
    api::{Answer, BotApi},
    cuttable::{Cut, CuttableListener},
    documents::LARGEST_FILE,
    params::{Params, Upload},
    webhook,
};

/// A request with the largest file, and some room for the rest.
const LARGEST_BODY: usize = LARGEST_FILE + 100_000;

/// The address to give to a bot that should talk to this listener, without a slash at the end.
///
/// # Errors
/// When the listener has no address.
pub fn api_url(listener: &TcpListener) -> io::Result<String> {
    let address: SocketAddr = listener.local_addr()?;
    Ok(format!("http://{address}"))
}

/// Answers bots, and calls the one that has set a webhook, until `shutdown` ends; then lets go every waiting call, answers it, and returns.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    api: BotApi,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = Router::new()
        .route("/{bot}/{method}", any(answer))
        .route("/file/{bot}/{*path}", get(file))
        .fallback(|| async { respond(Answer::Refused(Refusal::not_found())) })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(api.clone());
    let calling = webhook::deliver(api.clone());
    let ended = async move {
        shutdown.await;
        api.close();
    };
    let answering = axum::serve(
        CuttableListener(listener),
        router.into_make_service_with_connect_info::<Cut>(),
    )
    .with_graceful_shutdown(ended)
    .into_future();
    tokio::select! {
        served = answering => served,
        never = calling => match never {},
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().cut()
    }
}

async fn answer(
    State(api): State<BotApi>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Some(token) = token_in(&bot) else {
        return respond(Answer::Refused(Refusal::not_found()));
    };
    let answer = match read(request).await {
        Ok(params) => api.call(token, &method, params).await,
        Err(refusal) => Answer::Refused(refusal),
    };
    if answer == Answer::Cut {
        cut.now();
    }
    respond(answer)
}

async fn file(
    State(api): State<BotApi>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path((bot, path)): Path<(String, String)>,
) -> Response {
    let Some(token) = token_in(&bot) else {
        return respond(Answer::Refused(Refusal::not_found()));
    };
    let answer = api.file(token, &path).await;
    if answer == Answer::Cut {
        cut.now();
    }
    respond(answer)
}

/// The token behind `bot`, when it has the shape of one: a number, a colon, and plain characters.
fn token_in(bot: &str) -> Option<&str> {
    let token = bot.strip_prefix("bot")?;
    let (number, secret) = token.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let well_formed =
        number.parse::<u64>().is_ok() && !secret.is_empty() && secret.chars().all(plain);
    well_formed.then_some(token)
}

async fn read(request: Request) -> Result<Params, Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => read_json(request).await,
        "multipart/form-data" => read_form(request).await,
        "" => read_query(request).await,
        other => Err(Refusal::bad_request(format_args!(
            "application/json or multipart/form-data expected, found {other}"
        ))),
    }
}

async fn read_json(request: Request) -> Result<Params, Refusal> {
    let body = Bytes::from_request(request, &())
        .await
        .map_err(Refusal::bad_request)?;
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(Params::Json(object)),
        Ok(_) => Err(Refusal::bad_request(
            "can't parse JSON body: an object expected",
        )),
        Err(error) => Err(Refusal::bad_request(format_args!(
            "can't parse JSON body: {error}"
        ))),
    }
}

async fn read_form(request: Request) -> Result<Params, Refusal> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(Refusal::bad_request)?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(Refusal::bad_request)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(too_large_or_bad)?;
        if let Some(file_name) = file_name {
            files.push(Upload {
                field: name,
                name: file_name,
                content: bytes.as_ref().into(),
            });
            continue;
        }
        let text = String::from_utf8(bytes.into())
            .map_err(|_| Refusal::bad_request("strings must be encoded in UTF-8"))?;
        fields.push((name, text));
    }
    if files.is_empty() {
        Ok(Params::Form(fields))
    } else {
        Ok(Params::Files(fields, files))
    }
}

fn too_large_or_bad(error: MultipartError) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::too_large()
    } else {
        Refusal::bad_request(error)
    }
}

/// Without a body the parameters stand in the address, as in a browser's address line.
async fn read_query(request: Request) -> Result<Params, Refusal> {
    let Query(fields) = Query::from_request(request, &())
        .await
        .map_err(Refusal::bad_request)?;
    Ok(Params::Form(fields))
}

fn respond(answer: Answer) -> Response {
    match answer {
        Answer::Done(result) => {
            json_response(StatusCode::OK, &json!({"ok": true, "result": result}))
        }
        Answer::Refused(refusal) => {
            let mut body = json!({"ok": false, "error_code": refusal.code, "description": refusal.description});
            if let Some(seconds) = refusal.retry_after {
                body["parameters"] = json!({"retry_after": seconds});
            }
            json_response(status(refusal.code), &body)
        }
        Answer::File(file) => {
            let headers = [(header::CONTENT_TYPE, "application/octet-stream")];
            (headers, file.to_vec()).into_response()
        }
        Answer::HalfFile(file) => {
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                (header::CONTENT_LENGTH, file.len().to_string()),
            ];
            let half = Bytes::copy_from_slice(&file[..file.len() / 2]);
            let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
            let body = Body::from_stream(stream::iter([Ok(half), broken]));
            (headers, body).into_response()
        }
        Answer::Html(code) => {
            let status = status(code);
            let page = format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
            );
            (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
        Answer::Text(code, body) => (status(code), body).into_response(),
        Answer::Garbled(result) => {
            let mut body = json!({"ok": true, "result": result})
                .to_string()
                .into_bytes();
            body.truncate(body.len().div_ceil(2));
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::OK, headers, body).into_response()
        }
        // The connection is cut already: nobody reads this.
        Answer::Cut => Body::empty().into_response(),
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (status, headers, body.to_string()).into_response()
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
