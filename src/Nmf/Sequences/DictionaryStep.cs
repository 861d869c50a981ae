using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The dictionary step of the models of sequences: <c>W ← W ∘ √(neg / (pos + λ_W))</c>, majorisation-minimisation for
/// β = 0 (Févotte and Idier 2011), for all columns: the solver puts fixed ones back.
/// </summary>
internal sealed class DictionaryStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DivergencePass<T> _pass;
    private readonly WorkTeam _team;
    private readonly bool _allFixed;
    private readonly T _penalty;
    private readonly Matrix<T>? _negative;
    private readonly Matrix<T>? _positive;

    public DictionaryStep(DivergencePass<T> pass, Matrix<T> w, bool allFixed, double penalty, WorkTeam team)
    {
        (_pass, _team, _penalty) = (pass, team, T.CreateChecked(penalty));
        _allFixed = allFixed;
        if (_allFixed || penalty == 0)
            return;
        (_negative, _positive) = (new Matrix<T>(w.Rows, w.Columns), new Matrix<T>(w.Rows, w.Columns));
    }

    public void Update(Matrix<T> w, Matrix<T> h)
    {
        if (_allFixed)
            return;
        var exponent = BetaDivergence.MajorizationExponent(BetaDivergence.ItakuraSaito);
        if (_negative is null || _positive is null)
        {
            _pass.UpdateDictionary(w, h, exponent);
        }
        else
        {
            _pass.DictionaryGradient(w, h, _negative, _positive);
            for (var f = 0; f < w.Rows; f++)
            {
                foreach (ref var positive in _positive.Row(f))
                    positive += _penalty;
            }

            FactorKernels.MultiplicativeUpdate(w, _negative, _positive, exponent, _team);
        }
    }
}
