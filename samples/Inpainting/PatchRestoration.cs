using Nmf;
using Nmf.Kernels;

namespace Inpainting;

/// <summary>
/// Restores a picture from its own patches: every square of <see cref="Side"/> x <see cref="Side"/> pixels is a sample
/// with NaN where pixels are missing, a nonnegative dictionary is learnt from what is observed of all of them, and a
/// missing pixel becomes the mean of what the patches around it say.
/// </summary>
internal sealed class PatchRestoration(Picture holes, int step)
{
    public const int Side = 8;

    private readonly int[] _lefts = Starts(holes.Width, step);
    private readonly int[] _tops = Starts(holes.Height, step);

    public int Patches => _lefts.Length * _tops.Length;

    /// <summary>Learns and fills in.</summary>
    public Picture Restore(NmfOptions options, out NmfModel<float> model)
    {
        var data = NmfData<float>.FromMatrix(Cut(), MissingValues.NaN);
        model = NmfFactorizer.Fit(data, options);
        var filled = model.Impute(data);
        return Assemble(filled);
    }

    private static int[] Starts(int length, int step)
        => [.. Enumerable.Range(0, ((length - Side) / step) + 1)
            .Select(i => i * step).Append(length - Side).Distinct()];

    private Matrix<float> Cut()
    {
        var patches = new Matrix<float>(Patches, Side * Side * Picture.Channels);
        ForEachPixel((patch, feature, x, y, c) => patches[patch, feature] = holes[x, y, c]);
        return patches;
    }

    private Picture Assemble(Matrix<float> filled)
    {
        var (sums, counts) = (new Picture(holes.Width, holes.Height), new int[holes.Width, holes.Height]);
        ForEachPixel((patch, feature, x, y, c) =>
        {
            sums[x, y, c] += filled[patch, feature];
            counts[x, y] += c == 0 ? 1 : 0;
        });
        for (var y = 0; y < holes.Height; y++)
        {
            for (var x = 0; x < holes.Width; x++)
            {
                for (var c = 0; c < Picture.Channels; c++)
                    sums[x, y, c] = float.IsNaN(holes[x, y, c]) ? sums[x, y, c] / counts[x, y] : holes[x, y, c];
            }
        }

        return sums;
    }

    private void ForEachPixel(Action<int, int, int, int, int> action)
    {
        for (var patch = 0; patch < Patches; patch++)
        {
            var (left, top) = (_lefts[patch % _lefts.Length], _tops[patch / _lefts.Length]);
            for (var feature = 0; feature < Side * Side * Picture.Channels; feature++)
            {
                var (pixel, c) = (feature / Picture.Channels, feature % Picture.Channels);
                action(patch, feature, left + (pixel % Side), top + (pixel / Side), c);
            }
        }
    }
}
