using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfEstimator
{
    public sealed partial class Options
    {
        private void CheckGuidance(IExceptionContext context)
        {
            context.CheckUserArg(
                GuidedTopics is not null && GuidedTopics.All(topic => topic is not null), nameof(GuidedTopics),
                "A guided topic is null.");
            context.CheckUserArg(
                Enum.IsDefined(UnknownWords), nameof(UnknownWords), $"There is no reaction {UnknownWords}.");
            if (GuidedTopics!.Count == 0)
                return;
            context.CheckUserArg(
                Problem is BetaNmf, nameof(GuidedTopics),
                $"Guided topics go with a beta-divergence (BetaNmf), not with {Problem.GetType().Name}.");
            context.CheckUserArg(
                SeparableSearch is null && InitialComponents is null, nameof(GuidedTopics),
                "Guided topics have a start of their own: leave SeparableSearch and InitialComponents away.");
            var room = Rank - (((BetaNmf)Problem).Known?.Count ?? 0);
            context.CheckUserArg(
                GuidedTopics.Count <= room, nameof(GuidedTopics),
                $"There are {GuidedTopics.Count} guided topics, but only {room} free components. Raise the rank.");
            UserErrors.Mark(context, () => ComponentNameList.Of(Guidance.ComponentNames(this), Rank));
        }
    }
}
