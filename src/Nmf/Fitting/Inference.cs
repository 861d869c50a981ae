using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Activations of a whole data set for a fixed dictionary.</summary>
internal static class Inference
{
    // Updates between two looks at how far the rows are, where entries have weights.
    private const int UpdatesPerCheck = 10;

    public static Matrix<T> Run<T>(
        Matrix<T> dictionary, NmfData<T> data, NmfProblem problem, InferenceOptions options, RowPenalty? penalty,
        WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var activations = new Matrix<T>(data.Samples, dictionary.Columns);
        if (data.HasElementWeights && data.Sum > 0)
        {
            var unit = FitUnit.OfInference(data, problem, dictionary, hasPenalty: penalty is not null);
            var beta = problem.BetaOrNull!.Value;
            RunWeighted(
                unit.Apply(new NmfStart<T>(dictionary)).Dictionary, data.InUnit(unit, problem.Entry), problem, options,
                penalty?.InUnit(unit.Activations, unit.Data * beta), activations, team, cancellationToken);
            unit.Restore(new NmfStart<T>(new Matrix<T>(data.Features, 1), activations));
        }
        else if (!data.HasElementWeights)
            problem.SolveRows(dictionary, data, options, penalty, activations, team, cancellationToken);
        return activations;
    }

    /// <summary>Solves the rows one by one into given activations, whatever these hold.</summary>
    /// <returns>Number of rows that did not reach the tolerance.</returns>
    public static int RunRows<T>(
        Matrix<T> dictionary, NmfData<T> data, RowSolverOptions row, Matrix<T> activations, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var problem = row with
        {
            NaNIsMissing = data.HasMissingEntries && !data.IsSparse,
            AbsentIsMissing = data.AbsentEntries == AbsentEntries.Missing,
        };
        var rows = new RowSolver<T>(dictionary, problem);
        return data.Dense is { } dense
            ? rows.SolveAll(dense, activations, team, cancellationToken)
            : rows.SolveAll(data.Sparse!, activations, team, cancellationToken);
    }

    /// <summary>
    /// Multiplicative updates of all rows together, from flat activations of the mean of the data, until every row is
    /// solved to the tolerance (Févotte and Idier 2011).
    /// </summary>
    private static void RunWeighted<T>(
        Matrix<T> dictionary, NmfData<T> data, NmfProblem problem, InferenceOptions options, RowPenalty? penalty,
        Matrix<T> activations, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var beta = problem.BetaOrNull!.Value;
        var sums = new double[dictionary.Columns];
        FactorKernels.ColumnSums(dictionary, sums, team);
        var total = sums.Sum();
        for (var n = 0; n < activations.Rows && total > 0; n++)
        {
            if (!data.HasObserved(n))
                continue;
            var row = activations.Row(n);
            for (var k = 0; k < row.Length; k++)
                row[k] = sums[k] > 0 ? T.CreateChecked(data.Mean * data.Features / total) : T.Zero;
        }

        var pass = data.CreateElementWeightedPass(dictionary.Columns, beta, team);
        var negative = new Matrix<T>(activations.Rows, activations.Columns);
        var positive = new Matrix<T>(activations.Rows, activations.Columns);
        double[] linear = [.. penalty?.Linear ?? []], quadratic = [.. penalty?.Quadratic ?? []];
        RowPenaltyGroup[] groups = [.. penalty?.Groups ?? []];
        var exponent = penalty is null ? BetaDivergence.FastExponent(beta)
            : quadratic.Length == 0 ? BetaDivergence.MajorizationExponent(beta)
            : BetaDivergence.QuadraticExponent(beta);
        var rows = new WeightedRowsCheck<T>(dictionary, data, beta, quadratic, options.Tolerance, team);
        for (var iteration = 0; iteration < options.MaximumIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pass.ActivationGradient(dictionary, activations, negative, positive, withObjective: false);
            if (penalty is not null)
                FactorKernels.AddColumnTerms(positive, activations, linear, quadratic, team);
            if (groups.Length > 0)
                GroupTangents.Add(groups, activations, positive);
            if (iteration % UpdatesPerCheck == 0 && rows.AreSolved(activations, negative, positive))
                return;
            FactorKernels.MultiplicativeUpdate(activations, negative, positive, exponent, team);
        }
    }
}
