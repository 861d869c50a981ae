#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Triplets of user, item and rating: the trainer predicts what a user would say of an item that he has not rated.
using Microsoft.ML;
using Nmf;

// Users like either the even or the odd items.
var random = new Random(1);
var ratings = Enumerable.Range(0, 4000).Select(_ =>
{
    var (user, item) = (random.Next(100), random.Next(60));
    var rating = user % 2 == item % 2 ? random.Next(4, 6) : random.Next(1, 4);
    return new Triplet { User = $"user {user}", Item = $"item {item}", Rating = rating };
}).DistinctBy(rating => (rating.User, rating.Item)).ToArray();

var ml = new MLContext(seed: 1);
var split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(ratings), testFraction: 0.2, seed: 1);
var pipeline = ml.Transforms.Conversion.MapValueToKey("UserKey", "User")
    .Append(ml.Transforms.Conversion.MapValueToKey("ItemKey", "Item"))
    .Append(ml.Regression.Trainers.NonnegativeMatrixFactorization("Rating", "UserKey", "ItemKey", rank: 4));
var model = pipeline.Fit(split.TrainSet);

var metrics = ml.Regression.Evaluate(model.Transform(split.TestSet), labelColumnName: "Rating");
var (error, explained) = (metrics.RootMeanSquaredError, metrics.RSquared);
Console.WriteLine($"Unseen ratings from 1 to 5: an error of {error:F2}, R² = {explained:F2}");
var engine = ml.Model.CreatePredictionEngine<Triplet, Prediction>(model);
foreach (var item in new[] { "item 10", "item 11" })
{
    var score = engine.Predict(new Triplet { User = "user 0", Item = item }).Score;
    Console.WriteLine($"user 0 would give {item} {score:F1}");
}

class Triplet
{
    public string User { get; set; } = "";
    public string Item { get; set; } = "";
    public float Rating { get; set; }
}

class Prediction
{
    public float Score { get; set; }
}
