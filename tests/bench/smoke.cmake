# Each bench once, briefly: that it runs, never how fast. Release builds only (label bench).
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR NOT TARGET ohmstead)
  return()
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(targets store_batch tls_handshakes bare_pipeline)
if(TARGET wire_codec)
  list(APPEND targets wire_codec)
  add_test(NAME bench.wire_codec COMMAND wire_codec --benchmark_min_time=0.01)
endif()
add_test(NAME bench.store_batch COMMAND store_batch sqlite bench-smoke.db 1)
add_test(NAME bench.end_to_end
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/end_to_end.py --embedded
                 --binary $<TARGET_FILE:ohmstead> --stations 50 --active 50 --seconds 2)
# Its last row: some were answered, none failed.
set_tests_properties(bench.end_to_end PROPERTIES
                     PASS_REGULAR_EXPRESSION "heartbeat \\| +[1-9][0-9,]* \\|.*\\| 0 \\|")
add_test(NAME bench.pipeline
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/pipeline.py --embedded --message-logs errors
                 --binary $<TARGET_FILE:ohmstead> --stations 40 --seconds 2)
set_tests_properties(bench.pipeline PROPERTIES
                     PASS_REGULAR_EXPRESSION "at half of that \\| [1-9][0-9,]* \\|.*\\| 0 \\|")
add_test(NAME bench.build
         COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target ${targets})
# Both servers shook hands, and none of it failed.
add_test(NAME bench.tls_handshakes COMMAND tls_handshakes 1 4)
set_tests_properties(bench.tls_handshakes PROPERTIES
                     PASS_REGULAR_EXPRESSION "ours\",\"handshakes_per_s\":[1-9].*\"failed\":0}")
# Two thousand stations over the distributed path; its own checks decide, none of them a timing.
find_program(POSTGRES_SERVER postgres PATHS /usr/lib/postgresql/15/bin)
find_program(RABBITMQ_SERVER rabbitmq-server PATHS /usr/lib/rabbitmq/bin)
if(POSTGRES_SERVER AND RABBITMQ_SERVER)
  add_test(NAME bench.million
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/million.py
                   --binary $<TARGET_FILE:ohmstead> --stations 2000 --connect-rate 1000 --hold 6
                   --stages connect,commands,boots,storm --load-seconds 3 --storm-seconds 10)
endif()
set_tests_properties(bench.build PROPERTIES FIXTURES_SETUP benches LABELS bench TIMEOUT 900)
add_test(NAME bench.clean COMMAND ${CMAKE_COMMAND} -E rm -f bench-smoke.db bench-smoke.db-wal bench-smoke.db-shm)
set_tests_properties(bench.clean PROPERTIES FIXTURES_CLEANUP benches LABELS bench)
foreach(bench wire_codec store_batch end_to_end tls_handshakes million pipeline)
  if(TEST bench.${bench})
    set_tests_properties(bench.${bench} PROPERTIES FIXTURES_REQUIRED benches LABELS bench RUN_SERIAL ON
                                                   TIMEOUT 180)
  endif()
endforeach()
