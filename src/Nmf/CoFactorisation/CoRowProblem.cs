using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Activations of single samples for dictionaries that are fixed: what is common to all samples.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class CoRowProblem<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <param name="dictionaries">W of each view, features x rank.</param>
    /// <param name="betas">β of each view.</param>
    /// <param name="weights">α of each view.</param>
    /// <param name="coupling">How activations belong together.</param>
    /// <param name="inference">How far to solve.</param>
    public CoRowProblem(
        IReadOnlyList<Matrix<T>> dictionaries, IReadOnlyList<double> betas, IReadOnlyList<double> weights,
        ViewCoupling coupling, InferenceOptions inference)
    {
        (Coupling, Inference, Rank) = (coupling, inference, dictionaries[0].Columns);
        Views = [.. dictionaries.Select((w, v) => new View(w, betas[v], weights[v], inference))];
    }

    public int Rank { get; }

    public View[] Views { get; }

    public ViewCoupling Coupling { get; }

    public InferenceOptions Inference { get; }

    /// <summary>One view, with its dictionary in a unit in which its largest entry is between 1 and 2.</summary>
    internal sealed class View
    {
        public View(Matrix<T> dictionary, double beta, double weight, InferenceOptions inference)
        {
            Beta = beta;
            Exponent = FitUnit.LargestExponent(dictionary);
            Weight = weight * Math.Pow(2, Exponent * beta);
            Dictionary = new double[dictionary.Rows][];
            ColumnSums = new double[dictionary.Columns];
            for (var f = 0; f < Dictionary.Length; f++)
            {
                Dictionary[f] = new double[dictionary.Columns];
                for (var k = 0; k < dictionary.Columns; k++)
                {
                    Dictionary[f][k] = Math.ScaleB(double.CreateTruncating(dictionary[f, k]), -Exponent);
                    ColumnSums[k] += Dictionary[f][k];
                }
            }

            Alone = new RowSolver<T>(
                dictionary,
                new RowSolverOptions
                {
                    Beta = beta, Tolerance = inference.Tolerance, MaximumIterations = inference.MaximumIterations,
                    NaNIsMissing = true,
                });
        }

        public double Beta { get; }

        public double Weight { get; }

        /// <summary>Of the unit, by which rows are divided.</summary>
        public int Exponent { get; }

        public double[][] Dictionary { get; }

        public double[] ColumnSums { get; }

        /// <summary>Solves samples of which only this view is there.</summary>
        public RowSolver<T> Alone { get; }
    }
}
