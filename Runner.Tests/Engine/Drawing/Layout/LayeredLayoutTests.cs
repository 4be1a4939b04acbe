using Cnn.Engine.Drawing.Layout;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Drawing.Layout;

[Trait("Category", "Unit")]
public class LayeredLayoutTests
{
    private const double Tolerance = 1e-6;

    /// <summary>Random graphs: how many boxes, and how many links lead to a box at most.</summary>
    public static TheoryData<int, int, int> RandomGraphs
    {
        get
        {
            var data = new TheoryData<int, int, int>();
            for (int seed = 0; seed < 40; seed++)
            {
                data.Add(seed, 1 + (seed * 7 % 60), 1 + (seed % 4));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(RandomGraphs))]
    public void BoxesDoNotOverlapAndLieInside(int seed, int count, int degree)
    {
        var (boxes, links) = Random(seed, count, degree);
        LayoutResult layout = LayeredLayout.Of(boxes, links);

        for (int i = 0; i < count; i++)
        {
            BoxPlace a = layout.Boxes[i];
            Assert.InRange(a.X, -Tolerance, layout.Width - boxes[i].Width + Tolerance);
            Assert.InRange(a.Y, -Tolerance, layout.Height - boxes[i].Height + Tolerance);
            for (int k = 0; k < i; k++)
            {
                BoxPlace b = layout.Boxes[k];
                Assert.True(
                    a.X + boxes[i].Width < b.X || b.X + boxes[k].Width < a.X
                    || a.Y + boxes[i].Height < b.Y || b.Y + boxes[k].Height < a.Y,
                    $"boxes {k} and {i} overlap");
            }
        }
    }

    [Theory]
    [MemberData(nameof(RandomGraphs))]
    public void WiresLeadDownFromBoxToBox(int seed, int count, int degree)
    {
        var (boxes, links) = Random(seed, count, degree);
        LayoutResult layout = LayeredLayout.Of(boxes, links);

        foreach (Wire wire in layout.Wires)
        {
            int[] readers = [.. links.Where(l => (l.From, l.Port) == (wire.From, wire.Port)).Select(l => l.To).Order()];
            int[] ends =
            [
                .. wire.Pieces.Where(p => p.EndsAtBox).Select(p => Enumerable.Range(0, count).Single(i =>
                    Math.Abs(layout.Boxes[i].Y - p.Y2) < Tolerance
                    && Math.Abs(layout.Boxes[i].X + (boxes[i].Width / 2) - p.X2) < Tolerance)).Order(),
            ];
            Assert.Equal(readers, ends);
            Assert.All(wire.Pieces, p => Assert.True(
                p.Y1 <= p.Leave && p.Leave < p.Arrive && p.Arrive <= p.Y2 + Tolerance, $"{p} does not lead down"));

            // Each piece begins at the box or where another ends.
            BoxPlace from = layout.Boxes[wire.From];
            Assert.All(wire.Pieces, p => Assert.True(
                (Math.Abs(p.Y1 - from.Y - boxes[wire.From].Height) < Tolerance
                    && p.X1 > from.X && p.X1 < from.X + boxes[wire.From].Width)
                || wire.Pieces.Any(o => Math.Abs(o.X2 - p.X1) < Tolerance && Math.Abs(o.Y2 - p.Y1) < Tolerance),
                $"{p} begins nowhere"));
        }
    }

    [Theory]
    [MemberData(nameof(RandomGraphs))]
    public void NoWireCrossesABox(int seed, int count, int degree)
    {
        var (boxes, links) = Random(seed, count, degree);
        LayoutResult layout = LayeredLayout.Of(boxes, links);

        foreach (WirePiece piece in layout.Wires.SelectMany(w => w.Pieces))
        {
            for (int i = 0; i < count; i++)
            {
                BoxPlace box = layout.Boxes[i];
                double left = box.X + Tolerance, right = box.X + boxes[i].Width - Tolerance;
                double top = box.Y + Tolerance, bottom = box.Y + boxes[i].Height - Tolerance;
                bool crosses = Passes(piece.X1, piece.Y1, piece.Leave) || Passes(piece.X2, piece.Arrive, piece.Y2)
                    || (piece.Leave < bottom && piece.Arrive > top
                        && Math.Min(piece.X1, piece.X2) < right && Math.Max(piece.X1, piece.X2) > left);
                Assert.False(crosses, $"{piece} crosses box {i}");

                bool Passes(double x, double from, double to) => x > left && x < right && from < bottom && to > top;
            }
        }
    }

    [Fact]
    public void AChainIsStraightThoughWiresPassIt()
    {
        // A net whose label is read by its loss, and that adds what it had before to what it computes.
        BoxSize[] boxes = [.. Enumerable.Range(0, 12).Select(i => new BoxSize(60 + (10 * (i % 3)), 40))];
        List<BoxLink> links = [.. Enumerable.Range(0, 11).Select(i => new BoxLink(i, 0, i + 1))];
        links.AddRange([new BoxLink(0, 1, 11), new BoxLink(3, 0, 7)]);

        LayoutResult layout = LayeredLayout.Of(boxes, links);

        double[] centres = [.. layout.Boxes.Select((b, i) => b.X + (boxes[i].Width / 2))];
        Assert.All(centres.Skip(1), x => Assert.Equal(centres[0], x, 6));
    }

    [Fact]
    public void EqualBranchesAreSymmetric()
    {
        BoxSize[] boxes = [.. Enumerable.Repeat(new BoxSize(80, 40), 6)];
        BoxLink[] links = [.. Enumerable.Range(1, 4).SelectMany(i => new BoxLink[] { new(0, 0, i), new(i, 0, 5) })];

        LayoutResult layout = LayeredLayout.Of(boxes, links);

        Assert.Equal(layout.Width / 2, layout.Boxes[0].X + 40, 6);
        Assert.Equal(layout.Boxes[0].X, layout.Boxes[5].X, 6);
    }

    [Fact]
    public void ACrossingThatNeedNotBeIsNot()
    {
        // Two chains whose ends are listed in the other order.
        BoxSize[] boxes = [.. Enumerable.Repeat(new BoxSize(50, 30), 7)];
        BoxLink[] links = [new(0, 0, 1), new(0, 0, 2), new(1, 0, 4), new(2, 0, 3), new(4, 0, 5), new(3, 0, 6)];

        LayoutResult layout = LayeredLayout.Of(boxes, links);

        Assert.Equal(
            layout.Boxes[1].X < layout.Boxes[2].X, layout.Boxes[5].X < layout.Boxes[6].X);
    }

    [Fact]
    public void ALongChainWithALabelIsLaidOut()
    {
        const int count = 10_000;
        BoxSize[] boxes = [.. Enumerable.Repeat(new BoxSize(100, 40), count)];
        List<BoxLink> links = [.. Enumerable.Range(0, count - 1).Select(i => new BoxLink(i, 0, i + 1))];
        links.Add(new BoxLink(0, 1, count - 1));

        LayoutResult layout = LayeredLayout.Of(boxes, links);

        Assert.All(layout.Boxes, b => Assert.Equal(layout.Boxes[0].X, b.X, 6));
    }

    [Fact]
    public void TooManyBendsAreAnError()
    {
        const int count = 1_500;
        BoxSize[] boxes = [.. Enumerable.Repeat(new BoxSize(10, 10), count)];
        var links = new List<BoxLink>();
        for (int i = 0; i < count - 1; i++)
        {
            links.Add(new BoxLink(i, 0, i + 1));
            links.Add(new BoxLink(i, 1, count - 1));
        }

        CnnException error = Assert.Throws<CnnException>(() => LayeredLayout.Of(boxes, links));

        Assert.Contains("too many long connections", error.Message, StringComparison.Ordinal);
    }

    private static (BoxSize[] Boxes, BoxLink[] Links) Random(int seed, int count, int degree)
    {
        var random = new Random(seed);
        BoxSize[] boxes =
        [
            .. Enumerable.Range(0, count).Select(_ => new BoxSize(random.Next(30, 200), random.Next(20, 120))),
        ];
        var links = new HashSet<BoxLink>();
        for (int to = 1; to < count; to++)
        {
            int enter = random.Next(0, degree + 1);
            for (int i = 0; i < enter; i++)
            {
                // Near ones for the most part, as in nets.
                int from = random.Next(3) == 0 ? random.Next(to) : Math.Max(0, to - random.Next(1, 4));
                links.Add(new BoxLink(from, random.Next(5) == 0 ? 1 : 0, to));
            }
        }

        // A box reads a blob once, and two blobs of one box end at the same place.
        return (boxes, [.. links.DistinctBy(l => (l.From, l.To))]);
    }
}
