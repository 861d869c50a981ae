using MLNmf.Tests.Common;

namespace Nmf.Topics.Tests;

public sealed class CultureTests
{
    [Fact]
    public void Nothing_follows_the_culture_of_the_machine()
    {
        Assert.Empty(CultureScan.Find(typeof(TermRelevance).Assembly));
        Assert.Empty(CultureScan.Find(typeof(Microsoft.ML.TopicExtensions).Assembly));
    }
}
