#include "persistence/pg_status.h"

#include <exception>
#include <pqxx/pqxx>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace accordion::persistence {

namespace {

struct StateClass {
  absl::string_view prefix;  // of the SQLSTATE
  absl::StatusCode code;
};

// The first row that fits decides.
constexpr StateClass kStateClasses[] = {
    {"23505", absl::StatusCode::kAlreadyExists},       // unique_violation
    {"23503", absl::StatusCode::kFailedPrecondition},  // foreign_key_violation
    {"40001", absl::StatusCode::kAborted},             // serialization_failure
    {"40P01", absl::StatusCode::kAborted},             // deadlock_detected
    {"40003", absl::StatusCode::kUnknown},             // statement_completion_unknown
    {"55P03", absl::StatusCode::kDeadlineExceeded},    // lock_not_available
    {"57014", absl::StatusCode::kDeadlineExceeded},    // query_canceled
    {"08", absl::StatusCode::kUnavailable},            // connection exception
    {"57P", absl::StatusCode::kUnavailable},           // shutdown, crash, cannot connect now
    {"25P03", absl::StatusCode::kUnavailable},         // idle_in_transaction_session_timeout
    {"25006", absl::StatusCode::kUnavailable},  // read only: this server is no longer the primary
    {"53", absl::StatusCode::kUnavailable},     // insufficient resources
};

absl::StatusCode CodeOf(absl::string_view sqlstate) {
  for (const StateClass& row : kStateClasses) {
    if (absl::StartsWith(sqlstate, row.prefix)) return row.code;
  }
  return absl::StatusCode::kInternal;
}

// The server's first line. The rest ("DETAIL: Key (name)=(x) ...") may hold values.
std::string FirstLine(const char* what) {
  const absl::string_view words(what);
  return std::string(words.substr(0, words.find('\n')));
}

}  // namespace

absl::Status StatusOfCurrentException() {
  try {
    throw;
  } catch (const pqxx::sql_error& error) {
    return absl::Status(CodeOf(error.sqlstate()), absl::StrCat("PostgreSQL ", error.sqlstate(),
                                                               ": ", FirstLine(error.what())));
  } catch (const pqxx::in_doubt_error&) {
    return absl::UnknownError("COMMIT was sent, but its answer was lost");
  } catch (const pqxx::statement_completion_unknown&) {
    return absl::UnknownError("PostgreSQL cannot tell whether the statement completed");
  } catch (const pqxx::transaction_rollback& error) {  // serialization failure, deadlock
    return absl::AbortedError(FirstLine(error.what()));
  } catch (const pqxx::broken_connection& error) {
    return absl::UnavailableError(absl::StrCat("PostgreSQL: ", FirstLine(error.what())));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("persistence: ", FirstLine(error.what())));
  }
}

}  // namespace accordion::persistence
