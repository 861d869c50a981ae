global using global::Nmf.Formats;
