using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNmf.Tests.Common;

namespace MLNmf.Tests;

public sealed class CultureTests
{
    [Theory]
    [InlineData(typeof(AudioNmfEstimator))]
    [InlineData(typeof(EnviCatalog))]
    public void No_text_depends_on_the_culture_of_the_machine(Type type)
        => Assert.Empty(CultureScan.Find(type.Assembly));
}
