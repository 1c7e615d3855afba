# Every external package, found once. All are Debian 12 packages (cmake/dev/packages.txt).

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
# Module mode, and before gRPC: Debian ships no config file for protobuf.
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
# Asio and Beast are header-only: Boost::headers is enough.
find_package(Boost 1.74 CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(Snappy CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(benchmark CONFIG REQUIRED)
find_package(EXPAT REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
# The packaged interpreter, which sees the packaged modules; not one of a version manager.
set(Python3_ROOT_DIR /usr)
set(Python3_FIND_STRATEGY LOCATION)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
# libpqxx has neither a module nor a config file; gives PkgConfig::PQXX.
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
