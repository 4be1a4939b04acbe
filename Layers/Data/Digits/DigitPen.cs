namespace Cnn.Layers.Data.Digits;

/// <summary>
/// The path of one digit as a person might have drawn it: a style, its points shaken, its curves cut into short
/// lines, the whole bent, slanted, turned and stretched.
/// </summary>
internal ref struct DigitPen(Span<DigitPen.Dot> dots)
{
    /// <summary>The most dots that a path has.</summary>
    public const int MostDots = 160;

    private const int DotsPerSpan = 6;
    private const int MostPoints = 24;

    private readonly Span<Dot> dots = dots;

    /// <summary>Dots drawn.</summary>
    public int Count { get; private set; }

    /// <summary>Draws a style.</summary>
    public void Draw(DigitStyle style, ref DigitRandom random)
    {
        float shake = random.Between(0.008f, 0.058f);
        Span<DigitPoint> points = stackalloc DigitPoint[MostPoints];
        foreach (DigitPoint[] stroke in style.Strokes)
        {
            for (int i = 0; i < stroke.Length; i++)
            {
                // The ends of a stroke vary most: loops stay open or overlap, flags are long or short.
                float by = i == 0 || i == stroke.Length - 1 ? 1.6f * shake : shake;
                points[i] = new DigitPoint(
                    stroke[i].X + (by * random.Normal()), stroke[i].Y + (by * random.Normal()), stroke[i].IsCorner);
            }

            Curve(points[..stroke.Length]);
        }

        Bend(style.Width, ref random);
    }

    /// <summary>Sets the factor of the pen's width at each dot: the pressure varies along the path.</summary>
    public readonly void Press(ref DigitRandom random)
    {
        float linear = 0.14f * random.Normal(), square = 0.14f * random.Normal();
        for (int i = 0; i < Count; i++)
        {
            float t = (2f * i / Count) - 1;
            dots[i].Press = Math.Clamp(1 + (linear * t) + (square * ((t * t) - 0.33f)), 0.5f, 1.6f);
        }
    }

    // A uniform Catmull-Rom spline through the points, broken at corners.
    private void Curve(scoped ReadOnlySpan<DigitPoint> points)
    {
        Add(points[0], starts: true);
        for (int i = 0; i + 1 < points.Length; i++)
        {
            DigitPoint from = points[i], to = points[i + 1];
            DigitPoint before = i == 0 || from.IsCorner ? Mirrored(from, to) : points[i - 1];
            DigitPoint after = i + 2 == points.Length || to.IsCorner ? Mirrored(to, from) : points[i + 2];
            for (int step = 1; step <= DotsPerSpan; step++)
            {
                float t = step * (1f / DotsPerSpan);
                Add(
                    new DigitPoint(
                        Spline(before.X, from.X, to.X, after.X, t), Spline(before.Y, from.Y, to.Y, after.Y, t), false),
                    starts: false);
            }
        }
    }

    private static DigitPoint Mirrored(DigitPoint at, DigitPoint other) =>
        new((2 * at.X) - other.X, (2 * at.Y) - other.Y, false);

    private static float Spline(float a, float b, float c, float d, float t) =>
        0.5f * ((2 * b) + (t * ((c - a) + (t * ((2 * a) - (5 * b) + (4 * c) - d + (t * ((3 * (b - c)) + d - a)))))));

    private void Add(DigitPoint point, bool starts) =>
        dots[Count++] = new Dot { X = point.X, Y = point.Y, Starts = starts, Press = 1 };

    // A smooth displacement (a polynomial of third degree in each direction), then stretch, slant and turn.
    private readonly void Bend(float width, ref DigitRandom random)
    {
        const float Square = 0.10f, Cubic = 0.06f;
        float xx = Square * random.Normal(), xy = Square * random.Normal(), yy = Square * random.Normal();
        float xyy = Cubic * random.Normal(), xxy = Cubic * random.Normal(), yyy = Cubic * random.Normal();
        float vxx = Square * random.Normal(), vxy = Square * random.Normal(), vyy = Square * random.Normal();
        float vxyy = Cubic * random.Normal(), vxxy = Cubic * random.Normal(), vyyy = Cubic * random.Normal();
        float stretch = width * Math.Max(0.45f, 1 + (0.19f * random.Normal()));
        float slant = 0.12f + (0.22f * random.Normal());
        float sine = 0.12f * random.Normal();
        float cosine = MathF.Sqrt(1 - (sine * sine));
        for (int i = 0; i < Count; i++)
        {
            float u = (2 * dots[i].X) - 1, v = (2 * dots[i].Y) - 1;
            float uu = u * u, uv = u * v, vv = v * v;
            float x = u + (xx * uu) + (xy * uv) + (yy * vv) + (xyy * u * vv) + (xxy * uu * v) + (yyy * v * vv);
            float y = v + (vxx * uu) + (vxy * uv) + (vyy * vv) + (vxyy * u * vv) + (vxxy * uu * v) + (vyyy * v * vv);
            x = (stretch * x) - (slant * y);
            dots[i].X = (cosine * x) - (sine * y);
            dots[i].Y = (sine * x) + (cosine * y);
        }
    }

    /// <summary>One dot of the path.</summary>
    internal struct Dot
    {
        /// <summary>To the right.</summary>
        public float X;

        /// <summary>Down.</summary>
        public float Y;

        /// <summary>The width of the line here, relative to the digit's.</summary>
        public float Press;

        /// <summary>Whether a stroke starts here, so that no line leads to it.</summary>
        public bool Starts;
    }
}
