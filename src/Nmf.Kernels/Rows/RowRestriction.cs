namespace Nmf.Kernels;

public sealed unsafe partial class RowSolver<T>
{
    /// <summary>
    /// Rows of which some features are missing, for one thread: the algorithm of the solver on a dictionary of its own,
    /// which is restricted to the observed features of each row.
    /// </summary>
    internal sealed class RowRestriction
    {
        private readonly RowSolver<T> _solver;
        private readonly Scratch _scratch;
        private readonly RowDictionary<T> _dictionary;
        private readonly RowAlgorithm<T> _algorithm;
        private readonly int[] _observed;
        private readonly bool _compact;

        public RowRestriction(RowSolver<T> solver, Scratch scratch)
        {
            (_solver, _scratch) = (solver, scratch);
            _compact = solver._algorithm.VisitsZeros;
            _dictionary = new RowDictionary<T>(solver._dictionary, _compact);
            _algorithm = RowAlgorithm<T>.Create(_dictionary, solver.Options);
            _observed = new int[solver.Features];
        }

        public bool BelongsTo(RowSolver<T> solver) => solver == _solver;

        /// <summary>A dense row: NaN is missing.</summary>
        public int Solve(ReadOnlySpan<T> values, Span<T> h)
        {
            var (observed, count) = (0, 0);
            for (var f = 0; f < values.Length; f++)
            {
                if (!T.IsNaN(values[f]))
                    Observe(f, values[f], ref observed, ref count);
            }

            return Solve(observed, count, h);
        }

        /// <summary>A sparse row: NaN is missing, and so are absent entries where the options say so.</summary>
        public int Solve(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, Span<T> h)
        {
            var (observed, count) = (0, 0);
            if (_solver.Options.AbsentIsMissing)
            {
                for (var j = 0; j < indices.Length; j++)
                {
                    if (!T.IsNaN(values[j]))
                        Observe(indices[j], values[j], ref observed, ref count);
                }
            }
            else
            {
                for (int f = 0, j = 0; f < _solver.Features; f++)
                {
                    var value = j < indices.Length && indices[j] == f ? values[j++] : T.Zero;
                    if (!T.IsNaN(value))
                        Observe(f, value, ref observed, ref count);
                }
            }

            return Solve(observed, count, h);
        }

        private void Observe(int feature, T value, ref int observed, ref int count)
        {
            _scratch.Indices[count] = _compact ? observed : feature;
            _scratch.Values[count] = value;
            _observed[observed++] = feature;
            count += value == T.Zero ? 0 : 1;
        }

        private int Solve(int observed, int count, Span<T> h)
        {
            if (count > 0)
            {
                ReadOnlySpan<int> features = _observed.AsSpan(0, observed);
                _dictionary.RestrictTo(_solver._dictionary, features);
                _algorithm.Restrict(_solver._algorithm, features);
            }

            return _solver.SolveNonZeros(_algorithm, count, h, _scratch);
        }
    }
}
