package scholarcore.tests;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * The part of the full distribution's analysis that the minimal one lacks and our indices (or the server's own security
 * index) use, under the names it has there and with the same Lucene classes behind them.
 */
public final class AnalysisForTests extends Plugin implements AnalysisPlugin {

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        Map<String, AnalysisProvider<TokenizerFactory>> made = new TreeMap<>();
        made.put("whitespace", tokenizer(settings -> WhitespaceTokenizer::new));
        made.put("uax_url_email", tokenizer(settings -> UAX29URLEmailTokenizer::new));
        return made;
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> made = new TreeMap<>();
        made.put("unique", filter(settings -> RemoveDuplicatesTokenFilter::new));
        made.put("pattern_capture", AnalysisPlugin.requiresAnalysisSettings(filter(AnalysisForTests::captures)));
        return made;
    }

    private static Function<TokenStream, TokenStream> captures(Settings settings) {
        boolean original = settings.getAsBoolean("preserve_original", true);
        Pattern[] patterns = settings.getAsList("patterns").stream()
            .map(Pattern::compile)
            .toArray(Pattern[]::new);
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
}
