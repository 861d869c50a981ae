using System.Numerics.Tensors;
using Nmf;
using Nmf.Kernels;

namespace Inpainting;

/// <summary>
/// Restores a picture from its own patches: every square of some pixels is a sample, with a small weight where the
/// pixel is missing and stands for a guess, a nonnegative dictionary is learnt from all of them, and a missing pixel
/// becomes the mean of what the patches around it say.
/// </summary>
internal sealed class PatchRestoration(Picture holes, int side, int step)
{
    // Of a pixel that is guessed, in units of one that is given: a hint where there is nothing else.
    private const float WeightOfGuess = 0.02f;

    private readonly int[] _lefts = Starts(holes.Width, side, step);
    private readonly int[] _tops = Starts(holes.Height, side, step);

    public int Patches => _lefts.Length * _tops.Length;

    /// <summary>Learns and fills in.</summary>
    public Picture Restore(Picture guess, NmfOptions options)
    {
        var weights = Cut(holes);
        for (var n = 0; n < weights.Rows; n++)
        {
            foreach (ref var x in weights.Row(n))
                x = float.IsNaN(x) ? WeightOfGuess : 1;
        }

        var model = NmfFactorizer.Fit(NmfData<float>.FromMatrix(Cut(guess)).WithWeights(weights), options);
        return Assemble(model);
    }

    private static int[] Starts(int length, int side, int step)
        => length < side
            ? throw new UserErrorException($"The picture must have at least {side} pixels on each side.")
            : [.. Enumerable.Range(0, ((length - side) / step) + 1)
                .Select(i => i * step).Append(length - side).Distinct()];

    private Matrix<float> Cut(Picture picture)
    {
        var patches = new Matrix<float>(Patches, side * side * Picture.Channels);
        ForEachPixel((patch, feature, x, y, c) => patches[patch, feature] = picture[x, y, c]);
        return patches;
    }

    private Picture Assemble(NmfModel<float> model)
    {
        var (sums, counts) = (new Picture(holes.Width, holes.Height), new int[holes.Width, holes.Height]);
        ForEachPixel((patch, feature, x, y, c) =>
        {
            sums[x, y, c] += TensorPrimitives.Dot<float>(model.Dictionary.Row(feature), model.Activations.Row(patch));
            counts[x, y] += c == 0 ? 1 : 0;
        });
        return holes.FilledBy((x, y, c) => sums[x, y, c] / counts[x, y]);
    }

    private void ForEachPixel(Action<int, int, int, int, int> action)
    {
        for (var patch = 0; patch < Patches; patch++)
        {
            var (left, top) = (_lefts[patch % _lefts.Length], _tops[patch / _lefts.Length]);
            for (var feature = 0; feature < side * side * Picture.Channels; feature++)
            {
                var (pixel, c) = (feature / Picture.Channels, feature % Picture.Channels);
                action(patch, feature, left + (pixel % side), top + (pixel / side), c);
            }
        }
    }
}
