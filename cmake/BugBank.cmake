# With ACCORDION_BUG_BANK, sources that tests/bug_bank/bugs.json names are built from copies that hold
# every bug of the bank, asleep (tests/bug_bank/seed.py). Without it nothing here has any effect.

option(ACCORDION_BUG_BANK "Compile the bug bank's bugs in, each asleep until ACCORDION_BUG names it" OFF)

if(ACCORDION_BUG_BANK)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(accordion_bug_bank ${PROJECT_SOURCE_DIR}/tests/bug_bank)
  set(accordion_seeder ${Python3_EXECUTABLE} ${accordion_bug_bank}/seed.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${accordion_bug_bank}/bugs.json)
  execute_process(COMMAND ${accordion_seeder} --files
    OUTPUT_VARIABLE accordion_buggy_files COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${accordion_seeder} --header ${PROJECT_BINARY_DIR}/bugs/bug_bank/awake.h
    COMMAND_ERROR_IS_FATAL ANY)
endif()

# accordion_seed(<variable> <source>...)
# Sets the variable to the sources, those with bugs replaced by their copies.
function(accordion_seed variable)
  set(sources)
  foreach(source IN LISTS ARGN)
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR}
      OUTPUT_VARIABLE directory)
    set(path ${directory}/${source})
    if(ACCORDION_BUG_BANK AND path IN_LIST accordion_buggy_files)
      set(copy ${PROJECT_BINARY_DIR}/bugs/${path})
      add_custom_command(OUTPUT ${copy}
        COMMAND ${accordion_seeder} ${path} ${copy}
        COMMAND ${CMAKE_COMMAND} -E touch ${copy}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        DEPENDS ${PROJECT_SOURCE_DIR}/${path} ${accordion_bug_bank}/bugs.json
          ${accordion_bug_bank}/seed.py
        VERBATIM)
      set_source_files_properties(${copy} PROPERTIES
        INCLUDE_DIRECTORIES ${PROJECT_BINARY_DIR}/bugs COMPILE_OPTIONS -w)
      set(source ${copy})
    endif()
    list(APPEND sources ${source})
  endforeach()
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()
