# How this tree declares libraries, programs and tests. A directory is one static library named
# accordion::<name>; sources are listed by hand, because the list is documentation.

# accordion_add_directories(<dir>...)
# Adds each directory (relative to the current one) that has a CMakeLists.txt and that
# ACCORDION_ONLY, if set, names by its path from the repository root.
function(accordion_add_directories)
  foreach(dir IN LISTS ARGN)
    if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/CMakeLists.txt)
      continue()
    endif()
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR}
      OUTPUT_VARIABLE parent)
    cmake_path(SET path NORMALIZE "${parent}/${dir}")
    if(ACCORDION_ONLY AND NOT path IN_LIST ACCORDION_ONLY)
      continue()
    endif()
    add_subdirectory(${dir})
  endforeach()
endfunction()

# accordion_module(NAME <name> [SOURCES <file>...] [PUBLIC <lib>...] [PRIVATE <lib>...])
# The library accordion_<name>, alias accordion::<name>. PUBLIC lists what its headers need,
# PRIVATE what only its sources need. Without SOURCES it is a header-only (INTERFACE) library.
function(accordion_module)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  accordion_check_arguments(accordion_module "${arg_NAME}" "${arg_UNPARSED_ARGUMENTS}")
  set(target accordion_${arg_NAME})
  if(arg_SOURCES)
    accordion_seed(sources ${arg_SOURCES})
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} accordion_warnings)
    if(ACCORDION_COVERAGE AND arg_NAME IN_LIST ACCORDION_COVERED_MODULES)
      target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
      target_link_options(${target} INTERFACE --coverage)
    endif()
    if(ACCORDION_FUZZ)
      target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} INTERFACE ${arg_PUBLIC} ${arg_PRIVATE})
  endif()
  add_library(accordion::${arg_NAME} ALIAS ${target})
endfunction()

# accordion_program(NAME <name> SOURCES <file>... [LINK <lib>...])
# An executable in <build>/bin. Holds main.cc only, so that tests can link everything else.
function(accordion_program)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LINK" ${ARGN})
  accordion_check_arguments(accordion_program "${arg_NAME}" "${arg_UNPARSED_ARGUMENTS}")
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LINK} accordion_warnings)
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# accordion_test(NAME <name> SOURCES <file>... [LINK <lib>...] [LABELS unit|pg|sim|e2e...]
#                [TIMEOUT <seconds>])
# One GoogleTest executable a module; ctest sees every case. Label pg brings a private PostgreSQL,
# whose connection string support/postgres_dsn.h hands out. Default label unit, time-out 60 s.
function(accordion_test)
  cmake_parse_arguments(arg "" "NAME;TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  accordion_check_arguments(accordion_test "${arg_NAME}" "${arg_UNPARSED_ARGUMENTS}")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LINK} GTest::gmock GTest::gtest_main
    accordion_warnings)
  set(fixture)
  if("pg" IN_LIST arg_LABELS)
    set(fixture FIXTURES_REQUIRED postgres
      ENVIRONMENT "ACCORDION_TEST_PG_DSN_FILE=${PROJECT_BINARY_DIR}/test-postgres/dsn")
  endif()
  gtest_discover_tests(${arg_NAME}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" ${fixture})
endfunction()

function(accordion_check_arguments function name unparsed)
  if(NOT name)
    message(FATAL_ERROR "${function}: NAME is missing")
  endif()
  if(unparsed)
    message(FATAL_ERROR "${function}(NAME ${name}): unknown arguments: ${unparsed}")
  endif()
endfunction()

include(GoogleTest)
