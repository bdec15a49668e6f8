// Every command that the window may call, once: `build.rs` and the handler both read it here, and a test holds the
// capability file against it. Plain text for `include!`, so no module of its own.
macro_rules! command_list {
    ($($with:tt)+) => {
        $($with)+![
            list,
            credential,
            history,
            token,
            copy,
            copy_text,
            copy_narrower,
            clipboard,
            clear_clipboard,
            reveal,
            refresh,
            add_api_key,
            rotate_api_key,
            providers,
            discover,
            start_login,
            sign_in_again,
            cancel_login,
            open_login_again,
            copy_login_link,
            copy_login_report,
            add_client,
            revoke,
            unregister,
            remove,
            undo_remove,
            keychain,
            unlock_keychain,
            notice,
            check_clocks,
            open_page,
            open_clients_page,
            open_sign_out,
            platform,
            quit,
        ]
    };
}
