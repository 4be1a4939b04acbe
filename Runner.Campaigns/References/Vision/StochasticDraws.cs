namespace Cnn.Campaigns.References.Vision;

/// <summary>
/// Finds the pixels that stochastic pooling drew in a pass, by their values, and requires that they follow the law: a
/// pixel is drawn as often as its share of its window's sum says, by its place in the window and by its rank among the
/// values, and independently of the pass before.
/// </summary>
internal sealed class StochasticDraws(ReferenceCall call)
{
    private const string Drawn = "drawn";
    private const double Nothing = -1;

    private readonly SortedDictionary<(Kind Kind, int Number), (double Sum, double Mean, double Variance)> counts = [];

    private readonly List<double> places = [];
    private readonly double[] before = call.State.TryGetValue(Drawn, out double[]? last) ? last : [];

    /// <summary>Draws values of 0 or more for pooling, in some cases many of 0.</summary>
    public static Filling Values(double zeros) => (random, values) =>
    {
        foreach (ref float value in values.AsSpan())
        {
            value = random.Chance(zeros) ? 0 : random.Between(0.05f, 2);
        }
    };

    /// <summary>Returns the value of the i-th window, as it was drawn.</summary>
    public static double Value(ReferenceCall call, int i, double[] plane)
    {
        double place = call.State[Drawn][i];
        return place == Nothing ? 0 : plane[(int)place];
    }

    /// <summary>Adds the next window.</summary>
    /// <exception cref="ReferenceMismatchException">The value is no value above 0 of the window.</exception>
    public void Add(double[] plane, PlanePooling pooling, int window, double value)
    {
        int[] pixels = [.. pooling.Pixels(window)];
        double sum = pixels.Sum(p => plane[p]);
        double place = sum > 0
            ? pixels.Where(p => plane[p] == value && value > 0).DefaultIfEmpty(-1).First()
            : Nothing;
        if (sum > 0 ? place < 0 : value != 0)
        {
            throw new ReferenceMismatchException(
                $"{call.Layer.Type}: {value:R} at {places.Count} is no value above 0 of its window");
        }

        int[] ranks = [.. pixels.OrderByDescending(p => plane[p])];
        for (int i = 0; i < pixels.Length && sum > 0; i++)
        {
            Count(Kind.Place, i, pixels[i] == place, plane[pixels[i]] / sum);
            Count(Kind.Rank, i, ranks[i] == place, plane[ranks[i]] / sum);
            if (places.Count < before.Length && before[places.Count] == pixels[i])
            {
                Count(Kind.PlaceBefore, 0, pixels[i] == place, plane[pixels[i]] / sum);
            }
        }

        places.Add(place);
    }

    /// <summary>Requires that the windows follow the law, and keeps what was drawn.</summary>
    /// <exception cref="ReferenceMismatchException">They do not.</exception>
    public void Finish()
    {
        foreach (var ((kind, number), (sum, mean, variance)) in counts)
        {
            string what = kind switch
            {
                Kind.Place => $"place {number}",
                Kind.Rank => $"rank {number}",
                _ => "the place of the pass before",
            };
            Laws.RequireMean($"{call.Layer.Type}: draws of {what}", sum, mean, variance);
        }

        call.State[Drawn] = [.. places];
    }

    private void Count(Kind kind, int number, bool isDrawn, double share)
    {
        var (sum, mean, variance) = counts.GetValueOrDefault((kind, number));
        counts[(kind, number)] = (sum + (isDrawn ? 1 : 0), mean + share, variance + (share * (1 - share)));
    }

    private enum Kind
    {
        Place,
        Rank,
        PlaceBefore,
    }
}
