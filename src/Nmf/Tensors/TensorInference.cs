using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The factor of one mode for given factors of all others: a convex problem where 1 ≤ β ≤ 2.</summary>
internal static class TensorInference
{
    public static Matrix<T> Run<T>(
        Matrix<T>[] factors, double[] weights, double beta, int mode, NmfTensor<T> slices, IterationOptions iterations,
        int? threads, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var options = new TensorNmfOptions { Rank = weights.Length, Beta = beta, Iterations = iterations };
        options.Validate();
        Option.RequirePositive(threads, "number of threads");
        slices.RequireValidFor(beta);
        if (slices.Sum == 0)
            return new Matrix<T>(slices.Shape[mode], weights.Length);
        var unit = TensorUnit.Of(slices, beta);

        // Weights, less the unit of the data, go to a neighbour, near one in the mean.
        var common = weights.Max() > 0 ? Math.ILogB(weights.Max()) : 0;
        var all = factors.ToArray();
        all[mode] = new Matrix<T>(slices.Shape[mode], weights.Length);
        var neighbour = mode == 0 ? 1 : 0;
        all[neighbour] = all[neighbour].Clone();
        FactorKernels.ScaleColumns(all[neighbour], Array.ConvertAll(weights, weight => Math.ScaleB(weight, -common)));
        using var team = new WorkTeam(threads ?? Environment.ProcessorCount);
        Fill(all, mode, slices, unit);
        var solver = CpSolver<T>.Create(slices.InUnit(unit, beta), options, all, team, [mode]);
        FitLoop.Run(solver, iterations, null, cancellationToken);
        var result = solver.Factors[mode];
        var observed = slices.Observed(mode);
        for (var i = 0; i < observed.Length; i++)
        {
            if (!observed[i])
                result.Row(i).Clear();
        }

        FitUnit.Scale(result, unit - common);
        return result;
    }

    // The same everywhere, so that the model has the mean of the data.
    private static void Fill<T>(Matrix<T>[] all, int mode, NmfTensor<T> slices, int unit)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double mass = 0;
        var sums = new double[all[mode].Columns];
        var products = new double[sums.Length];
        Array.Fill(products, 1);
        for (var n = 0; n < all.Length; n++)
        {
            if (n == mode)
                continue;
            FactorKernels.ColumnSums(all[n], sums);
            TensorPrimitives.Multiply(products, sums, products);
            for (var k = 0; k < products.Length; k++)
                products[k] /= all[n].Rows;
        }

        mass = products.Sum();
        var value = mass > 0 ? Math.ScaleB(slices.Mean, -unit) / mass : 1;
        for (var i = 0; i < all[mode].Rows; i++)
            all[mode].Row(i).Fill(T.CreateSaturating(value));
    }
}
