#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>

/* Variadic functions do not reach Swift: one inline function for each type of argument. */
static inline CURLcode stationd_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode stationd_curl_set_string(
    CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode stationd_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode stationd_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
typedef size_t (*stationd_curl_sink)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode stationd_curl_set_sink(
    CURL *handle, CURLoption option, stationd_curl_sink sink) {
    return curl_easy_setopt(handle, option, sink);
}
static inline CURLcode stationd_curl_set_sockopt(CURL *handle, curl_sockopt_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, callback);
}
static inline CURLcode stationd_curl_set_prereq(CURL *handle, curl_prereq_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
}
/* The server's own certificate, line by line; NULL on a connection that is used again. */
static inline struct curl_slist *stationd_curl_certificate(CURL *handle) {
    struct curl_certinfo *info = NULL;
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &info) != CURLE_OK) return NULL;
    return info && info->num_of_certs > 0 ? info->certinfo[0] : NULL;
}
static inline CURLcode stationd_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode stationd_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode stationd_curl_get_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode stationd_curl_get_socket(CURL *handle, curl_socket_t *value) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, value);
}
/* TLS sessions outlive the handles that made them, for handles of one thread. */
static inline CURLSHcode stationd_curl_share_sessions(CURLSH *share) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}
/* The result is a member of a union, which Swift reads only by hand. */
static inline CURLcode stationd_curl_result(const CURLMsg *message) {
    return message->data.result;
}

/* The kernel's tcp_info as far as it is needed; the C library's own ends before these counters. */
struct stationd_tcp_info {
    uint8_t bytes[8];
    uint32_t words[24];
    uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
};
/* What the other side acknowledged and sent so far, in bytes; -1 where it is no TCP socket. */
static inline long long stationd_tcp_progress(int descriptor) {
    struct stationd_tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    return (long long)(info.bytes_acked + info.bytes_received);
}
/* Bytes that may wait in the kernel unsent: what is not sent stays ours. */
static inline void stationd_tcp_bound_unsent(int descriptor, int bytes) {
    setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}
