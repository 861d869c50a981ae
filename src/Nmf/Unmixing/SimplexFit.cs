using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A simplex of least volume around weighted points of a few dimensions: minimises
/// <c>½ Σ_n q_n ‖y_n - E a_n‖² + λ/2 log det(E₁ᵀE₁ + ε I)</c> over E and a_n ≥ 0, Σ a_n = 1, where E₁ is E with
/// one long constant row, so that the volume is that of the simplex and not that of its hull with the origin. With a
/// uniform density of mixtures in the simplex, λ = N σ² makes it the most probable one under noise of variance σ² (the
/// volume as in Fu, Huang, Yang, Ma and Sidiropoulos 2016).
/// </summary>
internal sealed class SimplexFit : IBlockWork
{
    private const int PointsOfBlock = 128;
    private const double Offset = 100;
    private const double Negligible = 1e-3;

    // A spread below this part of the mean square is rounding.
    private const double Rounding = 1e-12;

    private readonly Matrix<double> _points;
    private readonly double[] _weights;
    private readonly int[] _rows;
    private readonly WorkTeam _team;
    private readonly double[][] _sums;
    private readonly double[][] _scratch;
    private readonly int _vertices;
    private readonly double _epsilon;
    private readonly double _offsetSquare;
    private Matrix<double> _gram;

    /// <param name="points">points x dimensions.</param>
    /// <param name="weights">q, one for each point.</param>
    /// <param name="rows">The points that count.</param>
    /// <param name="vertices">Number of vertices.</param>
    /// <param name="team">Threads to use.</param>
    public SimplexFit(Matrix<double> points, double[] weights, int[] rows, int vertices, WorkTeam team)
    {
        (_points, _weights, _rows, _vertices, _team) = (points, weights, rows, vertices, team);
        var (_, variances, mean) = SmallMatrices.PrincipalDirections(points, rows);
        var spread = variances.Sum();
        var square = spread + mean.Sum(x => x * x);
        _epsilon = Math.Max(Negligible * spread, Rounding * square);
        _offsetSquare = Offset * square;
        Vertices = new Matrix<double>(points.Columns, vertices);
        _gram = new Matrix<double>(vertices, vertices);
        _sums = new double[(rows.Length + PointsOfBlock - 1) / PointsOfBlock][];
        for (var i = 0; i < _sums.Length; i++)
            _sums[i] = new double[((vertices + points.Columns) * vertices) + 3];
        _scratch = new double[team.Threads][];
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = new double[(2 * vertices) + AbundanceQuadratic.ScratchLength(vertices)];
    }

    /// <summary>E, dimensions x vertices.</summary>
    public Matrix<double> Vertices { get; private set; }

    /// <summary>Σ q ‖y - E a‖² of the last solution.</summary>
    public double Residual { get; private set; }

    /// <summary>
    /// Variance of the noise within these dimensions. A point that lies outside is projected on a face, and each
    /// abundance that becomes zero leaves one freedom of its noise.
    /// </summary>
    public double NoiseInside { get; private set; }

    /// <summary>Some iterations from given vertices.</summary>
    public void Run(Matrix<double> vertices, double noise, double factor, int iterations)
    {
        Vertices = vertices;
        var volume = Volume(factor * noise * _rows.Length);
        for (var i = 0; i < iterations; i++)
        {
            Solve();
            Improve(volume);
        }

        Solve();
    }

    /// <summary>The penalty of vertices for a λ.</summary>
    public VolumeTerm Volume(double lambda) => new(_vertices, _epsilon, _offsetSquare) { Lambda = lambda };

    /// <summary>Half the residual of some vertices and their penalty.</summary>
    public double Objective(Matrix<double> vertices, double residual, double noise, double factor)
        => (0.5 * residual) + Volume(factor * noise * _rows.Length).Value(vertices);

    /// <summary>Abundances for the vertices as they are.</summary>
    public void Solve()
    {
        _gram = SmallMatrices.TransposedProduct(Vertices, Vertices);
        _team.Run(this, _sums.Length);
        for (var i = 1; i < _sums.Length; i++)
        {
            for (var j = 0; j < _sums[0].Length; j++)
                _sums[0][j] += _sums[i][j];
        }

        Residual = _sums[0][^3];
        NoiseInside = _sums[0][^1] > 0 ? _sums[0][^2] / _sums[0][^1] : 0;
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (sums, scratch, size) = (_sums[block], _scratch[worker], _points.Columns);
        Array.Clear(sums);
        var products = scratch.AsSpan(0, _vertices);
        var abundances = scratch.AsSpan(_vertices, _vertices);
        var to = Math.Min(_rows.Length, (block + 1) * PointsOfBlock);
        for (var i = block * PointsOfBlock; i < to; i++)
        {
            var point = _points.Row(_rows[i]);
            var weight = _weights[_rows[i]];
            double squares = 0;
            products.Clear();
            for (var d = 0; d < size; d++)
            {
                squares += point[d] * point[d];
                for (var k = 0; k < _vertices; k++)
                    products[k] += point[d] * Vertices[d, k];
            }

            var rest = Math.Max(0, squares + AbundanceQuadratic.Solve(
                _gram, products, abundances, scratch.AsSpan(2 * _vertices)));
            var zeros = 0;
            for (var k = 0; k < _vertices; k++)
            {
                zeros += abundances[k] == 0 ? 1 : 0;
                for (var j = 0; j < _vertices; j++)
                    sums[(k * _vertices) + j] += weight * abundances[k] * abundances[j];
                for (var d = 0; d < size; d++)
                    sums[((_vertices + d) * _vertices) + k] += weight * point[d] * abundances[k];
            }

            sums[^3] += weight * rest;
            if (zeros > 0)
            {
                sums[^2] += weight * rest;
                sums[^1] += zeros;
            }
        }
    }

    // The minimum of the majoriser: E = P (G + λ (E₁ᵀE₁ + ε I)⁻¹)⁻¹.
    private void Improve(VolumeTerm volume)
    {
        double trace = 0;
        for (var i = 0; i < _vertices; i++)
            trace += _sums[0][i * (_vertices + 1)];
        var (gram, majoriser) = (new Matrix<double>(_vertices, _vertices), new Matrix<double>(_vertices, _vertices));
        for (var i = 0; i < _vertices; i++)
        {
            _sums[0].AsSpan(i * _vertices, _vertices).CopyTo(gram.Row(i));
            gram[i, i] += 1e-12 * trace;
        }

        var product = new Matrix<double>(_points.Columns, _vertices);
        for (var d = 0; d < product.Rows; d++)
            _sums[0].AsSpan((_vertices + d) * _vertices, _vertices).CopyTo(product.Row(d));
        volume.AddMajoriser(Vertices, gram, majoriser);
        Vertices = SmallMatrices.Multiply(product, SmallMatrices.Inverse(majoriser));
    }
}
