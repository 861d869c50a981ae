using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>What readers of topics ask of activations.</summary>
internal static class TopicActivations
{
    /// <exception cref="ArgumentException">One is negative, NaN or infinite; the message names text and
    /// topic.</exception>
    public static void Require<T>(Matrix<T> activations, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(activations, name);
        for (var n = 0; n < activations.Rows; n++)
        {
            var row = activations.Row(n);
            for (var k = 0; k < row.Length; k++)
            {
                if (!(row[k] >= T.Zero && T.IsFinite(row[k])))
                    throw new ArgumentException(
                        $"Text {n} has {row[k]} of topic {k}. Activations are finite and at least 0.", name);
            }
        }
    }
}
