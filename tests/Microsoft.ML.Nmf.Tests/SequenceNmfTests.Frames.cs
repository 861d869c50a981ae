using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public sealed partial class SequenceNmfTests
{
    private static void Set(SequenceNmfEstimator.Options options, double[] values)
    {
        if (options is SequenceNmfEstimator.SmoothOptions smooth)
            smooth.ComponentSmoothness = values;
        else
            ((SequenceNmfEstimator.DynamicalSystemOptions)options).Shapes = values;
    }

    private static Nmf.Kernels.Matrix<float> Dictionary(NmfModelParameters model)
    {
        var dictionary = new Nmf.Kernels.Matrix<float>(model.FeatureCount, model.Rank);
        for (var f = 0; f < dictionary.Rows; f++)
            for (var k = 0; k < dictionary.Columns; k++)
                dictionary[f, k] = model.GetComponent(k)[f];
        return dictionary;
    }

    private SequenceNmfEstimator Estimator(bool dynamical, Action<SequenceNmfEstimator.Options> change)
    {
        SequenceNmfEstimator.Options options = dynamical
            ? new SequenceNmfEstimator.DynamicalSystemOptions { Shape = 2 }
            : new SequenceNmfEstimator.SmoothOptions { Smoothness = 3 };
        (options.OutputColumnName, options.InputColumnName, options.SequenceColumnName) = ("Code",
            nameof(Frame.Spectrum), nameof(Frame.Recording));
        (options.Rank, options.Iterations, options.Seed) = (4, new() { MaximumIterations = 50 }, 1);
        change(options);
        return options is SequenceNmfEstimator.SmoothOptions smooth
            ? _context.Transforms.SmoothNmf(smooth)
            : _context.Transforms.DynamicalSystemNmf((SequenceNmfEstimator.DynamicalSystemOptions)options);
    }

    private SequenceNmfEstimator Estimator(bool dynamical) => dynamical
        ? _context.Transforms.DynamicalSystemNmf(
            "Code", nameof(Frame.Spectrum), rank: 4, shape: 2, sequenceColumnName: nameof(Frame.Recording),
            maximumIterations: 50)
        : _context.Transforms.SmoothNmf(
            "Code", nameof(Frame.Spectrum), rank: 4, smoothness: 3, sequenceColumnName: nameof(Frame.Recording),
            maximumIterations: 50);

    private IDataView View(Frame[] frames) => _context.Data.LoadFromEnumerable(frames);

    private float[] Codes(IDataView view)
        => [.. _context.Data.CreateEnumerable<Coded>(view, false).SelectMany(row => row.Code)];

    // Notes that last for ten frames, each with a spectrum of its own.
    private static Frame[] Frames(int[] lengths)
    {
        var random = new Random(3);
        return [.. lengths.SelectMany((length, recording) => Enumerable.Range(0, length).Select(n => new Frame
        {
            Recording = $"recording {recording}",
            Spectrum = [.. Enumerable.Range(0, Features).Select(
                f => (float)((f / 3 == n / 10 % 4 ? 10 : 0.1) * -Math.Log(1 - random.NextDouble())) + 1e-4f)],
        }))];
    }

    private sealed class Frame
    {
        public string Recording { get; set; } = "";

        [VectorType(Features)]
        public float[] Spectrum { get; set; } = [];
    }

    private sealed class Coded
    {
        public string Recording { get; set; } = "";

        public float[] Code { get; set; } = [];
    }
}
