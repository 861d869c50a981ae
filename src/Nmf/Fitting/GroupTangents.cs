using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The tangents of the logarithms of a row penalty, <c>weight log(1 + Σ s_k h_k / offset)</c>, at the activations of
/// every row: what they add to the positive part of the gradient. A concave function lies below its tangent, so the
/// update that follows lowers the penalised objective (Lefèvre, Bach and Févotte 2011).
/// </summary>
internal static class GroupTangents
{
    /// <param name="groups">The groups under a logarithm.</param>
    /// <param name="activations">Where the tangents touch.</param>
    /// <param name="positive">Positive part of the gradient with respect to the activations.</param>
    public static void Add<T>(IReadOnlyList<RowPenaltyGroup> groups, Matrix<T> activations, Matrix<T> positive)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var n = 0; n < activations.Rows; n++)
        {
            var h = activations.Row(n);
            var gradient = positive.Row(n);
            foreach (var group in groups)
            {
                var sum = group.Offset;
                for (var i = 0; i < group.Components.Count; i++)
                    sum += group.Scales[i] * double.CreateTruncating(h[group.Components[i]]);
                for (var i = 0; i < group.Components.Count; i++)
                    gradient[group.Components[i]] += T.CreateTruncating(group.Weight * group.Scales[i] / sum);
            }
        }
    }
}
