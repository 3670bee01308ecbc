package scholarcore.tests;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * The part of the full distribution's analysis that the minimal one lacks and our indices (or the server's own security
 * index) use, under the names it has there and with the same Lucene classes behind them.
 */
public final class AnalysisForTests extends Plugin implements AnalysisPlugin {

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        Map<String, AnalysisProvider<TokenizerFactory>> made = new TreeMap<>();
        made.put("whitespace", tokenizer(settings -> WhitespaceTokenizer::new));
        made.put("keyword", tokenizer(settings -> KeywordTokenizer::new));
        made.put("uax_url_email", tokenizer(settings -> UAX29URLEmailTokenizer::new));
        return made;
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> made = new TreeMap<>();
        made.put("asciifolding", (index, environment, name, settings) -> new Folding(name, settings));
        made.put("porter_stem", filter(settings -> PorterStemFilter::new));
        made.put("stemmer", filter(AnalysisForTests::stemmer));
        made.put("unique", filter(settings -> RemoveDuplicatesTokenFilter::new));
        made.put("edge_ngram", filter(AnalysisForTests::edgeNgrams));
        made.put("pattern_capture", AnalysisPlugin.requiresAnalysisSettings(filter(AnalysisForTests::captures)));
        return made;
    }

    /** {@code porter2} is Snowball English; {@code english}, the default, is the older Porter stemmer, as in the original. */
    private static Function<TokenStream, TokenStream> stemmer(Settings settings) {
        String language = settings.get("language", settings.get("name", "porter"));
        return switch (language) {
            case "english", "porter" -> PorterStemFilter::new;
            case "porter2" -> stream -> new SnowballFilter(stream, new EnglishStemmer());
            default -> throw new IllegalArgumentException("these tests know no stemmer for [" + language + "]");
        };
    }

    private static Function<TokenStream, TokenStream> edgeNgrams(Settings settings) {
        int least = settings.getAsInt("min_gram", 1);
        int most = settings.getAsInt("max_gram", 2);
        boolean original = settings.getAsBoolean("preserve_original", false);
        return stream -> new EdgeNGramTokenFilter(stream, least, most, original);
    }

    private static Function<TokenStream, TokenStream> captures(Settings settings) {
        boolean original = settings.getAsBoolean("preserve_original", true);
        java.util.regex.Pattern[] patterns = settings.getAsList("patterns").stream()
            .map(java.util.regex.Pattern::compile)
            .toArray(java.util.regex.Pattern[]::new);
        return stream -> new PatternCaptureGroupTokenFilter(stream, original, patterns);
    }

    private static AnalysisProvider<TokenizerFactory> tokenizer(Function<Settings, Supplier<Tokenizer>> make) {
        return (index, environment, name, settings) -> TokenizerFactory.newFactory(name, make.apply(settings));
    }

    private static AnalysisProvider<TokenFilterFactory> filter(
        Function<Settings, Function<TokenStream, TokenStream>> make
    ) {
        return (index, environment, name, settings) -> new Filter(name, settings, make.apply(settings));
    }

    private static final class Filter extends AbstractTokenFilterFactory {
        private final Function<TokenStream, TokenStream> wrap;

        Filter(String name, Settings settings, Function<TokenStream, TokenStream> wrap) {
            super(name, settings);
            this.wrap = wrap;
        }

        @Override
        public TokenStream create(TokenStream stream) {
            return wrap.apply(stream);
        }
    }

    private static final class Folding extends AbstractTokenFilterFactory implements NormalizingTokenFilterFactory {
        Folding(String name, Settings settings) {
            super(name, settings);
        }

        @Override
        public TokenStream create(TokenStream stream) {
            return new ASCIIFoldingFilter(stream);
        }
    }
}
