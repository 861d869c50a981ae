using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfEstimator
{
    public sealed partial class Options
    {
        private void CheckGuidance(IExceptionContext context)
        {
            if (Guidance is null)
                return;
            context.CheckUserArg(
                Enum.IsDefined(Guidance.UnknownWords), nameof(Guidance),
                $"There is no reaction {Guidance.UnknownWords} to unknown words.");
            context.CheckUserArg(
                Problem is BetaNmf, nameof(Guidance),
                $"Guided topics go with a beta-divergence (BetaNmf), not with {Problem.GetType().Name}.");
            context.CheckUserArg(
                SeparableSearch is null && InitialComponents is null, nameof(Guidance),
                "Guided topics have a start of their own: leave SeparableSearch and InitialComponents away.");
            var room = Rank - (((BetaNmf)Problem).Known?.Count ?? 0);
            context.CheckUserArg(
                Guidance.Topics.Count <= room, nameof(Guidance),
                $"There are {Guidance.Topics.Count} guided topics, but only {room} free components. Raise the rank.");
            UserErrors.Mark(context, () => ComponentNameList.Of(GuidanceSeeds.ComponentNames(this), Rank));
        }
    }
}
