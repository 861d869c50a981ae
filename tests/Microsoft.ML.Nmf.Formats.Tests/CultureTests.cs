using MLNmf.Tests.Common;

namespace Microsoft.ML.Nmf.Formats.Tests;

public sealed class CultureTests
{
    [Fact]
    public void Nothing_follows_the_culture_of_the_machine()
        => Assert.Empty(CultureScan.Find(typeof(ParquetCatalog).Assembly));
}
