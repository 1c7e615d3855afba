// The names of the OpenAPI envelope: what surrounds every action's own parameters.
//
// These are the only parameter and header names written in C++. Everything an action takes or
// answers is read from the descriptors (proto/openapi/v1/options.proto).
#pragma once

namespace accordion::gateway::envelope {

// Parameters, of the query or of the form body.
inline constexpr char kAction[] = "Action";
inline constexpr char kVersion[] = "Version";
inline constexpr char kDryRun[] = "DryRun";
inline constexpr char kClientToken[] = "ClientToken";
inline constexpr char kFormat[] = "Format";

// The one version of the API that is served.
inline constexpr char kApiVersion[] = "2016-03-04";

// The service of the API: of a signature's scope, and of the operations that a sub-user may be
// allowed.
inline constexpr char kService[] = "kec";

// Parameters that carry a credential. A request that holds one of them is not signed in the
// Authorization header (query-string signature, simplified signature).
inline constexpr char kQueryAuthPrefix[] = "X-Amz-";
inline constexpr char kQueryAlgorithm[] = "X-Amz-Algorithm";
inline constexpr char kQueryCredential[] = "X-Amz-Credential";
inline constexpr char kQueryDate[] = "X-Amz-Date";
inline constexpr char kQuerySignedHeaders[] = "X-Amz-SignedHeaders";
inline constexpr char kQuerySignature[] = "X-Amz-Signature";
inline constexpr char kQueryToken[] = "X-Amz-Security-Token";

// Of the simplified signature; `Signature` alone tells it from the others.
inline constexpr char kSimplifiedSignature[] = "Signature";
inline constexpr char kAccesskey[] = "Accesskey";
inline constexpr char kServiceParameter[] = "Service";
inline constexpr char kTimestamp[] = "Timestamp";
inline constexpr char kSignatureVersion[] = "SignatureVersion";
inline constexpr char kSignatureMethod[] = "SignatureMethod";
inline constexpr char kRegion[] = "Region";
inline constexpr char kSecurityToken[] = "SecurityToken";

// Headers, in lower case as HTTP names compare.
inline constexpr char kHostHeader[] = "host";
inline constexpr char kAuthorizationHeader[] = "authorization";
inline constexpr char kAcceptHeader[] = "accept";
inline constexpr char kDateHeader[] = "date";
inline constexpr char kAmzDateHeader[] = "x-amz-date";
inline constexpr char kContentHashHeader[] = "x-amz-content-sha256";
inline constexpr char kActionHeader[] = "x-action";
inline constexpr char kVersionHeader[] = "x-version";
inline constexpr char kAmzTokenHeader[] = "x-amz-security-token";
inline constexpr char kKscTokenHeader[] = "x-ksc-security-token";
inline constexpr char kRequestIdHeader[] = "x-ksc-request-id";
inline constexpr char kRetryAfterHeader[] = "Retry-After";

// Words of the answer's envelope.
inline constexpr char kRequestId[] = "RequestId";
inline constexpr char kResponseMetadata[] = "ResponseMetadata";
inline constexpr char kResponseSuffix[] = "Response";
inline constexpr char kXmlItem[] = "item";
inline constexpr char kErrorResponse[] = "ErrorResponse";
inline constexpr char kError[] = "Error";
inline constexpr char kErrorType[] = "Type";
inline constexpr char kErrorCode[] = "Code";
inline constexpr char kErrorMessage[] = "Message";

// Media types.
inline constexpr char kJsonMediaType[] = "application/json";
inline constexpr char kXmlMediaType[] = "text/xml";
inline constexpr char kJsonFormatWord[] = "json";

}  // namespace accordion::gateway::envelope
