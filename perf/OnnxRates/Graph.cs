using Microsoft.ML.OnnxRuntime;

namespace OnnxRates;

/// <summary>An exported model in OnnxRuntime, on one thread; buffers are made once.</summary>
internal sealed class Graph : IDisposable
{
    private readonly int _features;
    private readonly int _rank;
    private readonly RunOptions _run = new();
    private readonly InferenceSession _session;
    private float[] _input = [];

    public Graph(byte[] model, int features, int rank)
    {
        (_features, _rank) = (features, rank);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(model, options);
    }

    public float[][] Run(float[][] rows)
    {
        if (_input.Length != rows.Length * _features)
            _input = new float[rows.Length * _features];
        for (var n = 0; n < rows.Length; n++)
            rows[n].CopyTo(_input, n * _features);
        using var input = OrtValue.CreateTensorValueFromMemory(_input, [rows.Length, _features]);
        using var results = _session.Run(_run, ["Features"], [input], ["H.output"]);
        var values = results[0].GetTensorDataAsSpan<float>();
        var activations = new float[rows.Length][];
        for (var n = 0; n < rows.Length; n++)
            activations[n] = values.Slice(n * _rank, _rank).ToArray();
        return activations;
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}
