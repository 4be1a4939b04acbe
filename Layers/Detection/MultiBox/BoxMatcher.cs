using Cnn.Layers.Detection.Boxes;

namespace Cnn.Layers.Detection.MultiBox;

/// <summary>
/// Matches the objects of an image to boxes. First the object and the box that overlap most are matched, then the next
/// of those that are left, until there are no more objects or overlaps; then, if asked for, each box that is left to
/// the object that it overlaps most, if by a threshold. Equal overlaps: the box of the lowest number, then the object.
/// </summary>
internal readonly unsafe struct BoxMatcher
{
    /// <summary>The match of a box that has none.</summary>
    public const int None = -1;

    /// <summary>The match of a box that is left out because it reaches outside the image.</summary>
    public const int LeftOut = -2;

    private const float Least = 1e-6f;

    /// <summary>Whether boxes that are left are matched too, and the overlap from which.</summary>
    public required float? Threshold { get; init; }

    /// <summary>Whether boxes that reach outside the image are left out.</summary>
    public required bool InsideOnly { get; init; }

    /// <summary>Matches the objects of one class, or of all.</summary>
    /// <param name="boxes">The boxes, <paramref name="stride"/> apart.</param>
    /// <param name="stride">Boxes from one to the next.</param>
    /// <param name="count">How many boxes.</param>
    /// <param name="truths">The objects.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="label">The class to match; null for all.</param>
    /// <param name="overlaps">Scratch memory, [objects, boxes].</param>
    /// <param name="best">Scratch memory, [objects].</param>
    /// <param name="match">Gets the object of each box, or <see cref="None"/> or <see cref="LeftOut"/>.</param>
    /// <param name="most">Gets the overlap of each box: with its object, else the largest.</param>
    public void Match(
        Box* boxes, nint stride, int count, ReadOnlySpan<Box> truths, ReadOnlySpan<int> labels, int? label,
        float* overlaps, int* best, int* match, float* most)
    {
        new Span<int>(match, count).Fill(None);
        new Span<float>(most, count).Clear();
        bool isAny = false;
        for (int truth = 0; truth < truths.Length; truth++)
        {
            isAny |= label is null || labels[truth] == label;
        }

        if (!isAny)
        {
            return;
        }

        for (int i = 0; i < count && InsideOnly; i++)
        {
            match[i] = boxes[i * stride].ReachesOutside ? LeftOut : None;
        }

        for (int truth = 0; truth < truths.Length; truth++)
        {
            float* row = overlaps + ((long)truth * count);
            if (label is not null && labels[truth] != label)
            {
                best[truth] = None;
                new Span<float>(row, count).Clear();
                continue;
            }

            Box box = truths[truth];
            for (int i = 0; i < count; i++)
            {
                float overlap = match[i] == LeftOut ? 0 : Box.Overlap(boxes[i * stride], box);
                row[i] = overlap > Least ? overlap : 0;
                most[i] = MathF.Max(most[i], row[i]);
            }

            best[truth] = Best(row, match, count);
        }

        MatchInTurn(overlaps, best, truths.Length, count, match, most);
        for (int i = 0; i < count && Threshold is not null; i++)
        {
            if (match[i] == None && most[i] > 0)
            {
                MatchBest(overlaps, truths.Length, count, i, match, most);
            }
        }
    }

    private static int Best(float* row, int* match, int count)
    {
        int best = None;
        float most = 0;
        for (int i = 0; i < count; i++)
        {
            if (row[i] > most && match[i] == None)
            {
                (best, most) = (i, row[i]);
            }
        }

        return best;
    }

    private static void MatchInTurn(float* overlaps, int* best, int truths, int count, int* match, float* most)
    {
        while (true)
        {
            int truth = None;
            float largest = 0;
            for (int i = 0; i < truths; i++)
            {
                float overlap = best[i] == None ? 0 : overlaps[((long)i * count) + best[i]];
                if (overlap > largest || (overlap == largest && truth != None && best[i] != None
                    && best[i] < best[truth]))
                {
                    (truth, largest) = (i, overlap);
                }
            }

            if (truth == None)
            {
                return;
            }

            int box = best[truth];
            (match[box], most[box], best[truth]) = (truth, largest, None);
            for (int i = 0; i < truths; i++)
            {
                best[i] = best[i] == box ? Best(overlaps + ((long)i * count), match, count) : best[i];
            }
        }
    }

    private void MatchBest(float* overlaps, int truths, int count, int box, int* match, float* most)
    {
        float largest = 0;
        for (int truth = 0; truth < truths; truth++)
        {
            float overlap = overlaps[((long)truth * count) + box];
            if (overlap >= Threshold && overlap > largest)
            {
                (match[box], largest) = (truth, overlap);
            }
        }

        most[box] = match[box] == None ? most[box] : largest;
    }
}
