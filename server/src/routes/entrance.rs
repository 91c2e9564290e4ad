//! Who is let in, told in the words of the dialect where that is nobody.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::users::{Denied, Peer, Scheme, User};

/// What a dialect wants to see before a request goes on.
pub(super) struct Entrance<E: 'static> {
    /// The ways to show who asks.
    pub(super) schemes: &'static [Scheme],
    /// What whoever signed in must be allowed to do for anything at all.
    pub(super) check: fn(&User) -> Result<(), E>,
}

impl<E: From<Denied>> Entrance<E> {
    /// Who asks.
    pub(super) async fn admit(
        &self,
        app: &App,
        headers: &HeaderMap,
        peer: Peer,
    ) -> Result<User, E> {
        let user = app.users.sign_in(headers, peer, self.schemes).await?;
        (self.check)(&user)?;
        Ok(user)
    }
}

/// Lets a request go on, and notes who asks.
pub(super) async fn sign_in<E: From<Denied>>(
    State((app, entrance)): State<(App, &'static Entrance<E>)>,
    mut request: Request,
    next: Next,
) -> Result<Response, E> {
    let peer = Peer::of(request.extensions());
    let user = entrance.admit(&app, request.headers(), peer).await?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}
