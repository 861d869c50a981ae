using System.Numerics;
using Nmf.Kernels;
using Nmf.Kernels.Products;

namespace Nmf.Audio;

/// <summary>
/// Nonnegative matrix factorisation with a learnt transform (Fagot, Wendt and Févotte, "Nonnegative matrix
/// factorization with transform learning", 2018; quasi-Newton steps as Ablin, Fagot, Wendt, Gramfort and Févotte,
/// "A quasi-Newton algorithm on the orthogonal manifold for NMF with transform learning", 2019): over orthogonal Φ and
/// nonnegative W and H
/// <code>
///   C = D_IS(P | W H) + λ Σ_k ‖w_k‖₁ ‖h_k‖₁,   P = (ΦX)² + ε
/// </code>
/// An iteration is a multiplicative step of H and W, with the exponent ½ where there is a penalty, and a step
/// Φ ← Q Φ of the transform, Q = (I - tE/2)⁻¹(I + tE/2) = 2 (I - tE/2)⁻¹ - I being orthogonal for every skew E. With
/// Z = ΦX and Y = WH,
/// <code>
///   G = 2 (Z/Y - Z/P) Zᵀ,   A = 2 (1/P + 1/Y) Pᵀ,   E = -(G - Gᵀ)/(A + Aᵀ)
/// </code>
/// is a descent direction, a Newton direction where coefficients are independent; t is halved until C falls by a part
/// of what the slope says (Armijo). Coefficients change their signs on the way: ε keeps what that costs finite. It
/// belongs to the objective, which so never increases.
/// </summary>
/// <remarks>Φ is as orthogonal as rounding lets it be; every 20 iterations, and at the end, it is made so again, by
/// Φ ← Φ (3I - ΦᵀΦ)/2. Rows are frames here, and Z = XΦᵀ ← Z Qᵀ = 2 Z (I + tE/2)⁻¹ - Z.</remarks>
internal sealed class TransformSolver<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Sufficient = 1e-4;
    private const int MostTrials = 30;
    private const int OrthogonalizedEvery = 20;

    private readonly Matrix<T> _frames;
    private readonly double _sparsity;
    private readonly WorkTeam _team;
    private readonly MatrixProduct<T> _product;
    private readonly DefiniteFactors<T> _factors;
    private readonly TransformRows<T> _rows;
    private readonly DivergencePass<T> _pass;
    private readonly Matrix<T> _gradient;
    private readonly Matrix<T> _curvature;
    private readonly Matrix<T> _direction;
    private readonly Matrix<T> _cayley;
    private readonly GradientParts<T> _ofActivations;
    private readonly GradientParts<T> _ofDictionary;
    private readonly double[] _ofW;
    private readonly double[] _ofH;
    private Matrix<T> _transposed;
    private Matrix<T> _otherTransposed;
    private double _step = 1;
    private double _objective;
    private int _iteration;

    /// <summary>Starts.</summary>
    /// <param name="frames">X, frames x M, in a unit in which its mean power is about 1.</param>
    /// <param name="transform">Φ, M x M, orthogonal; changed.</param>
    /// <param name="dictionary">W, M x K; changed.</param>
    /// <param name="activations">H, frames x K; changed.</param>
    /// <param name="floor">ε.</param>
    /// <param name="sparsity">λ.</param>
    /// <param name="isFixed">Whether the transform stays.</param>
    /// <param name="team">Threads.</param>
    public TransformSolver(
        Matrix<T> frames, Matrix<T> transform, Matrix<T> dictionary, Matrix<T> activations, double floor,
        double sparsity, bool isFixed, WorkTeam team)
    {
        (_frames, Dictionary, Activations) = (frames, dictionary, activations);
        (_sparsity, IsFixed, _team) = (sparsity, isFixed, team);
        var size = frames.Columns;
        _transposed = Transposed(transform);
        _product = MatrixProduct<T>.Create(team);
        _factors = new DefiniteFactors<T>(_product, RowSolve<T>.Create(team, size), size);
        _rows = new TransformRows<T>(frames.Rows, size, floor, team);
        _pass = DivergencePass<T>.Create(_rows.Power, dictionary.Columns, BetaDivergence.ItakuraSaito, team);
        (_gradient, _curvature, _direction, _cayley, _otherTransposed) = (
            new(size, size), new(size, size), new(size, size), new(size, size), new(size, size));
        (_ofActivations, _ofDictionary) = (new(activations), new(dictionary));
        (_ofW, _ofH) = (new double[dictionary.Columns], new double[dictionary.Columns]);
        Begin();
    }

    /// <summary>Φ; a copy.</summary>
    public Matrix<T> Transform => Transposed(_transposed);

    public Matrix<T> Dictionary { get; }

    public Matrix<T> Activations { get; }

    /// <summary>Whether only W and H are fitted.</summary>
    public bool IsFixed { get; }

    /// <summary>Steps t that were tried so far.</summary>
    public int Trials { get; private set; }

    public void Step()
    {
        UpdateFactors();
        _product.Multiply(Activations, new MatrixPart<T>(Dictionary).Transposed, _rows.Model, T.One);
        var objective = Penalty() + _rows.Prepare();
        _iteration++;
        _objective = IsFixed ? objective : UpdateTransform(objective);
        if (_iteration % OrthogonalizedEvery == 0 && !IsFixed)
        {
            Orthogonalize();
            Begin();
        }
    }

    public double Objective() => _objective;

    public void Save(BinaryWriter writer)
    {
        writer.Write(_iteration);
        writer.Write(_step);
        foreach (var matrix in new[] { Dictionary, Activations, _transposed, _rows.Coefficients })
            writer.WriteMatrix(matrix);
    }

    public void Load(BinaryReader reader)
    {
        (_iteration, _step) = ((int)reader.ReadCount(), reader.ReadFinite(0));
        reader.ReadFactor(Dictionary);
        reader.ReadFactor(Activations);
        reader.ReadMatrix(_transposed);
        reader.ReadMatrix(_rows.Coefficients);
        _rows.Evaluate(moves: false);
        Evaluate();
    }

    /// <summary>Φ without what rounding has put there, as far as it can be told; a copy.</summary>
    public Matrix<T> Orthogonal()
    {
        if (IsFixed)
            return Transform;
        var kept = _transposed.Clone();
        Orthogonalize();
        var result = Transform;
        kept.CopyTo(_transposed);
        return result;
    }

    private static Matrix<T> Transposed(Matrix<T> matrix)
    {
        var result = new Matrix<T>(matrix.Columns, matrix.Rows);
        for (var i = 0; i < matrix.Rows; i++)
        {
            var row = matrix.Row(i);
            for (var j = 0; j < row.Length; j++)
                result.Row(j)[i] = row[j];
        }

        return result;
    }

    private void Orthogonalize()
    {
        _product.Multiply(new MatrixPart<T>(_transposed).Transposed, _transposed, _gradient, T.CreateChecked(-0.5));
        for (var i = 0; i < _gradient.Rows; i++)
            _gradient.Row(i)[i] += T.CreateChecked(1.5);
        _product.Multiply(_transposed, _gradient, _otherTransposed, T.One);
        (_transposed, _otherTransposed) = (_otherTransposed, _transposed);
    }

    private void Begin()
    {
        _product.Multiply(_frames, _transposed, _rows.Coefficients, T.One);
        _rows.Evaluate(moves: false);
        Evaluate();
    }

    private void Evaluate()
    {
        _product.Multiply(Activations, new MatrixPart<T>(Dictionary).Transposed, _rows.Model, T.One);
        _objective = Penalty() + _rows.Prepare();
    }

    private double Penalty()
    {
        if (_sparsity == 0)
            return 0;
        FactorKernels.ColumnSums(Dictionary, _ofW, _team);
        FactorKernels.ColumnSums(Activations, _ofH, _team);
        double sum = 0;
        for (var k = 0; k < _ofW.Length; k++)
            sum += _ofW[k] * _ofH[k];
        return _sparsity * sum;
    }

    private void UpdateFactors()
    {
        _pass.DataChanged();
        _pass.ActivationGradient(
            Dictionary, Activations, _ofActivations.Negative, _ofActivations.Positive, withObjective: false);
        Update(Activations, _ofActivations, Dictionary, _ofW);
        _pass.DictionaryGradient(Dictionary, Activations, _ofDictionary.Negative, _ofDictionary.Positive);
        Update(Dictionary, _ofDictionary, Activations, _ofH);
    }

    private void Update(Matrix<T> factor, GradientParts<T> gradient, Matrix<T> other, double[] sums)
    {
        if (_sparsity > 0)
        {
            FactorKernels.ColumnSums(other, sums, _team);
            for (var k = 0; k < sums.Length; k++)
                sums[k] *= _sparsity;
            FactorKernels.AddColumnTerms(gradient.Positive, factor, sums, [], _team);
        }

        FactorKernels.MultiplicativeUpdate(
            factor, gradient.Negative, gradient.Positive, _sparsity > 0 ? 0.5 : 1, _team);
    }

    /// <summary>A step of the transform from where the objective is known.</summary>
    private double UpdateTransform(double objective)
    {
        var penalty = Penalty();
        _product.Multiply(new MatrixPart<T>(_rows.Slope).Transposed, _rows.Coefficients, _gradient, T.One);
        _product.Multiply(new MatrixPart<T>(_rows.Curvature).Transposed, _rows.Power, _curvature, T.One);
        var slope = _rows.Direction(_gradient, _curvature, _direction);
        _step = Math.Min(1, 2 * _step);
        for (var trial = 0; trial < MostTrials; trial++, _step /= 2)
        {
            // What rounding hides cannot be judged.
            if (!(-_step * slope > _rows.Resolution * Math.Abs(objective)))
                return objective;
            Trials++;
            _rows.Cayley(_direction, _step, _cayley);
            _factors.Factorize(_cayley);
            _rows.Coefficients.CopyTo(_rows.OtherCoefficients);
            _factors.Solve(_rows.OtherCoefficients);
            var reached = penalty + _rows.Evaluate(moves: true);
            if (!(reached <= objective + (Sufficient * _step * slope)))
                continue;
            _transposed.CopyTo(_otherTransposed);
            _factors.Solve(_otherTransposed);
            _rows.Reflect(_transposed, _otherTransposed);
            (_transposed, _otherTransposed) = (_otherTransposed, _transposed);
            _rows.Accept();
            return reached;
        }

        return objective;
    }
}
