target_compile_definitions(gantry_engine_main PUBLIC GANTRY_VERSION="${PROJECT_VERSION}")
