#:project ../../src/Nmf/Nmf.csproj
// Batches as they come: the dictionary learns from each and keeps none, and goes on learning
// when something new turns up.
using Nmf;

var random = new Random(1);
var learner = new OnlineNmf<float>(new OnlineNmfOptions { Rank = 4, Beta = BetaDivergence.KullbackLeibler, Seed = 1 });

// Two kinds of rows for twenty batches, then a third kind joins them.
for (var batch = 0; batch < 40; batch++)
{
    var cost = learner.PartialFit(Batch(kinds: batch < 20 ? 2 : 3));
    if (batch % 10 == 9 || batch == 20)
        Console.WriteLine($"Batch {batch}: {cost / 100:F2} per row, by the dictionary that had not seen it");
}

learner.Save("learner.bin");
var later = OnlineNmf<float>.Load("learner.bin", learner.Options);
Console.WriteLine($"Saved and loaded: {later.SamplesSeen} rows seen");
Console.WriteLine($"The next batch costs {later.PartialFit(Batch(kinds: 3)) / 100:F2} per row");

NmfData<float> Batch(int kinds)
{
    var values = new float[100 * 12];
    for (var i = 0; i < values.Length; i++)
        values[i] = random.Next((i % 12) / 4 == (i / 12) % kinds ? 20 : 2);
    return NmfData<float>.FromDense(values, samples: 100, features: 12);
}
