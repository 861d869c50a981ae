using System.Text.Json.Nodes;

namespace OnnxRates;

/// <summary>A line of JSON for perf/compare.sh, in the file that it names.</summary>
internal static class ResultLine
{
    public static void Write(
        string data, int rank, double beta, int bytes, (double All, double Most) worst,
        params ReadOnlySpan<(string Kind, double Library, double Graph)> microseconds)
    {
        if (Environment.GetEnvironmentVariable("NMF_BENCH_OUT") is not { Length: > 0 } file)
            return;
        var line = new JsonObject
        {
            ["peer"] = "mlnmf-onnx", ["case"] = data, ["k"] = rank, ["beta"] = beta, ["bytes"] = bytes,
            ["worst"] = worst.All, ["worst_99"] = worst.Most,
        };
        foreach (var (kind, library, graph) in microseconds)
            (line[kind + "_us"], line[kind + "_graph_us"]) = (library, graph);
        File.AppendAllText(file, line.ToJsonString() + Environment.NewLine);
    }
}
