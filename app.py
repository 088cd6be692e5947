"""The server, which imports this file once, and every page, for which Streamlit runs it anew."""

import streamlit as st

if __name__ == "__main__":
    from pages.panels import frame

    frame.draw()
else:
    from pages.shell import errors, middleware

    app = st.App(
        __file__,
        middleware=middleware.STACK,
        lifespan=middleware.serving,
        on_script_error=errors.on_script_error,
    )
